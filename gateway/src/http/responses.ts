import { problemSchema } from '@perfwatch/contract';
import { z } from 'zod';
import { PROBLEM_TYPE } from './problem.ts';

const problem = (description: string) => ({ description, content: { [PROBLEM_TYPE]: { schema: problemSchema } } });

/** How any route may fail, for the API's description. */
export const problemResponses = {
  '4xx': problem('The request cannot be done as it is; `detail` says why'),
  '5xx': problem('PerfWatch cannot do it now; Retry-After says when to try again'),
};

/** Response of an action that has nothing to tell. */
export const noContentSchema = z.undefined().describe('Done');

/** For what hashes a password: longer than the longest line that `auth` lets wait for it takes. */
export const HASHING_PATIENCE = { timeoutMs: 15_000 };

/** Every route with a token. */
export const bearerSecurity = [{ bearer: [] }];

/**
 * For replies that may be megabytes: they come from our own services, which have made them by the same schema, and validating ten
 * thousand points would hold up everyone's live samples.
 */
export const trustReply = () => (reply: unknown) => JSON.stringify(reply);

/** For a reply that is text already when it comes: described by `schema`, but not typed and serialized by it. */
export const describedOnly = (schema: z.ZodType): z.ZodType => schema;
