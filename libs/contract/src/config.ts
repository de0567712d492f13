import { z } from 'zod';
import { MAX_INTERVAL_MS, MIN_INTERVAL_MS } from './config-for.ts';
import { subjectTokenSchema } from './subject.ts';

export const intervalMsSchema = z.number().int().min(MIN_INTERVAL_MS).max(MAX_INTERVAL_MS);

export const collectorConfigSchema = z.object({ enabled: z.boolean() });

/** What one host's collectors run by: the defaults of all hosts overlaid with the host's own. A collector not named is on. */
export const collectionConfigSchema = z
  .object({
    interval_ms: intervalMsSchema,
    collectors: z.record(subjectTokenSchema, collectorConfigSchema),
  })
  .meta({ id: 'CollectionConfig' });
export type CollectionConfig = z.infer<typeof collectionConfigSchema>;

/** Body of `PUT /api/config`. What is absent stays as it is; `host` null or absent means the defaults of all hosts. */
export const configUpdateSchema = z
  .strictObject({
    // A JSON object cannot be trusted to keep that key: the settings would be gone without a word.
    host: subjectTokenSchema
      .refine((host) => host !== '__proto__', 'cannot be __proto__')
      .nullable()
      .optional(),
    interval_ms: intervalMsSchema.optional(),
    collectors: z.record(subjectTokenSchema, collectorConfigSchema).optional(),
  })
  .refine((update) => update.interval_ms !== undefined || update.collectors !== undefined, 'give interval_ms, collectors or both')
  .meta({ id: 'ConfigUpdate' });
export type ConfigUpdate = z.infer<typeof configUpdateSchema>;

/** `GET /api/config`, and the `config` event: the defaults, and what each host has of its own. */
export const configSchema = z
  .object({
    interval_ms: intervalMsSchema,
    collectors: z.record(subjectTokenSchema, collectorConfigSchema),
    hosts: z.record(subjectTokenSchema, collectionConfigSchema.partial()),
    updated_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Config' });
export type Config = z.infer<typeof configSchema>;
