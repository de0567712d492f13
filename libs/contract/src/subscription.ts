import { z } from 'zod';
import { MAX_BACKFILL_SECONDS } from './live.ts';
import { subjectTokenSchema } from './subject.ts';

/** `subscribe` and `unsubscribe`. A list that is absent means all. */
export const subscriptionSchema = z.strictObject({
  hosts: z.array(subjectTokenSchema).max(1000).optional(),
  collectors: z.array(subjectTokenSchema).max(100).optional(),
});
export const subscribeSchema = subscriptionSchema.extend({
  backfill_seconds: z.number().min(0).max(MAX_BACKFILL_SECONDS).optional(),
});
export type Subscription = z.infer<typeof subscriptionSchema>;
export type SubscribeRequest = z.infer<typeof subscribeSchema>;
