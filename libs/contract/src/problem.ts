import { z } from 'zod';
import { issueWords } from './issue-words.ts';

/** One field of a request that was wrong. `path` is dotted (`collectors.cpu.enabled`); empty when the whole is wrong. */
export const problemIssueSchema = z.object({ path: z.string(), message: z.string() });

/** Body of every HTTP error, RFC 9457 (`application/problem+json`). `detail` is in words a person can act on. */
export const problemSchema = z
  .object({
    type: z.string().describe('A URI that names the kind of problem; "about:blank" when the status says it all'),
    title: z.string().describe('The HTTP status in words'),
    status: z.number().int(),
    detail: z.string().describe('What is wrong and what to do'),
    instance: z.string().optional().describe('The request path'),
    errors: z.array(problemIssueSchema).optional(),
  })
  .meta({ id: 'Problem' });

export type ProblemIssue = z.infer<typeof problemIssueSchema>;
export type Problem = z.infer<typeof problemSchema>;

/** What went wrong, in terms a caller can branch on. The gateway maps each to one HTTP status. */
export const ERROR_CODES = [
  'bad_input',
  'unauthorized',
  'forbidden',
  'not_found',
  'conflict',
  'too_many_requests',
  'unavailable',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export interface PerfwatchErrorOptions {
  /** What the operator or caller can do about it; one sentence. */
  hint?: string;
  /** Fields that were wrong, for `bad_input`. */
  issues?: readonly ProblemIssue[];
  /** Seconds after which another try makes sense, for `too_many_requests` and `unavailable`. */
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** The base of every error PerfWatch throws on purpose: `message` is safe to show to the person who caused it. */
export class PerfwatchError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly issues: readonly ProblemIssue[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: PerfwatchErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PerfwatchError';
    this.code = code;
    this.hint = options.hint;
    this.issues = options.issues ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** What is wrong and what to do about it, in sentences: the message, then the hint where there is one. */
export function explain({ message, hint }: Pick<PerfwatchError, 'message' | 'hint'>): string {
  if (hint === undefined) return message;
  return `${message}${/[.!?:]$/.test(message) ? '' : '.'} ${hint}`;
}

/** Parses input from outside; throws `PerfwatchError('bad_input')` that names every wrong field. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown, what: string): z.output<S> {
  const result = schema.safeParse(input, { error: issueWords });
  if (result.success) return result.data;
  const issues = issuesOf(result.error);
  throw new PerfwatchError('bad_input', `${what}: ${describeIssues(issues)}`, { issues, cause: result.error });
}

/** Zod's issues as path and message. */
export function issuesOf(error: z.ZodError): ProblemIssue[] {
  return error.issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }));
}

/** At most three issues in one line. */
export function describeIssues(issues: readonly ProblemIssue[]): string {
  const shown = issues.slice(0, 3).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  const more = issues.length - shown.length;
  return shown.join('; ') + (more > 0 ? `; and ${more} more` : '');
}
