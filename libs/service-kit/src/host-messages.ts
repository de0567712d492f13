import { collectionConfigSchema, subjectTokenSchema } from '@perfwatch/contract';
import { z } from 'zod';
import { processStateSchema } from './process-state.ts';

/** Collectors of one process that are told of. */
export const MAX_COLLECTORS = 64;
const MAX_REASON_LENGTH = 1000;

/** What a process of collectors says of itself, on `internalSubjects.presence`. */
export const hostPresenceSchema = z.object({
  /** Tells the processes of a host apart. */
  node: z.string().min(1).max(255),
  collectors: z
    .array(z.object({ name: subjectTokenSchema, up: z.boolean(), reason: z.string().max(MAX_REASON_LENGTH).nullable() }))
    .max(MAX_COLLECTORS),
  process: processStateSchema,
  /** `updated_at` of the settings it runs by; absent while it has none. */
  settingsAt: z.iso.datetime().nullable().optional(),
  /** It stops. */
  leaving: z.boolean(),
});
export type HostPresence = z.infer<typeof hostPresenceSchema>;

/** What the collectors of a host run by, on `internalSubjects.collection`. */
export const hostCollectionSchema = z.object({ settingsAt: z.iso.datetime().nullable(), settings: collectionConfigSchema });
export type HostCollection = z.infer<typeof hostCollectionSchema>;

/** `internalSubjects.rollCall`; strict, so that an acknowledgement of JetStream sent there by somebody's reply subject is none. */
export const rollCallSchema = z.strictObject({});
