import { z } from 'zod';
import { MAX_BACKFILL_SECONDS, MAX_TOKEN_LENGTH } from './live.ts';
import { subjectTokenSchema } from './subject.ts';

/** `subscribe` and `unsubscribe`. A list that is absent means all. */
export const subscriptionSchema = z.strictObject({
  hosts: z.array(subjectTokenSchema).max(1000).optional(),
  collectors: z.array(subjectTokenSchema).max(100).optional(),
});
export const subscribeSchema = subscriptionSchema.extend({
  backfill_seconds: z.number().min(0).max(MAX_BACKFILL_SECONDS).optional(),
});
/** `authenticate`: a token to go on with, for the connection of the same user. */
export const authenticateSchema = z.strictObject({ token: z.string().min(1).max(MAX_TOKEN_LENGTH) });
export type Subscription = z.infer<typeof subscriptionSchema>;
export type SubscribeRequest = z.infer<typeof subscribeSchema>;
export type AuthenticateRequest = z.infer<typeof authenticateSchema>;
