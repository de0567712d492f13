import { z } from 'zod';
import { catalogSchema } from './catalog.ts';
import { inventorySchema } from './inventory.ts';
import { metricsSchema, sampleStatusSchema } from './sample.ts';
import { subjectTokenSchema } from './subject.ts';

export const ROLES = ['admin', 'viewer'] as const;
export const roleSchema = z.enum(ROLES);
export type Role = z.infer<typeof roleSchema>;

export const MIN_PASSWORD_LENGTH = 10;
/** bcrypt reads no more than 72 bytes; longer is refused rather than cut. */
export const MAX_PASSWORD_BYTES = 72;

export const usernameSchema = z.string().regex(/^[A-Za-z0-9_.@-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ . @ -');
export const newPasswordSchema = z
  .string()
  .min(MIN_PASSWORD_LENGTH, `must have at least ${MIN_PASSWORD_LENGTH} characters`)
  .refine((text) => new TextEncoder().encode(text).length <= MAX_PASSWORD_BYTES, `must have at most ${MAX_PASSWORD_BYTES} bytes`);

export const loginRequestSchema = z
  .object({ username: z.string().min(1).max(256), password: z.string().min(1).max(1024) })
  .meta({ id: 'LoginRequest' });
export type LoginRequest = z.infer<typeof loginRequestSchema>;

export const loginReplySchema = z
  .object({ access_token: z.string(), token_type: z.literal('Bearer'), expires_in: z.number().int().describe('Seconds') })
  .meta({ id: 'LoginReply' });
export type LoginReply = z.infer<typeof loginReplySchema>;

export const meSchema = z
  .object({ id: z.string(), username: z.string(), role: roleSchema, expires_at: z.iso.datetime() })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof meSchema>;

export const passwordChangeSchema = z
  .object({ current_password: z.string().min(1).max(1024), new_password: newPasswordSchema })
  .meta({ id: 'PasswordChange' });
export type PasswordChange = z.infer<typeof passwordChangeSchema>;

/** State of one collector on one host, as last heard. */
export const collectorStateSchema = z.object({
  collector: subjectTokenSchema,
  status: sampleStatusSchema,
  reason: z.string().nullable(),
  last_sample: z.iso.datetime(),
  interval_ms: z.number().nullable(),
});
export type CollectorState = z.infer<typeof collectorStateSchema>;

export const hostSchema = z
  .object({
    host: subjectTokenSchema,
    first_seen: z.iso.datetime(),
    last_sample: z.iso.datetime().nullable(),
    collectors: z.array(collectorStateSchema),
    inventory: inventorySchema.nullable(),
  })
  .meta({ id: 'Host' });
export type Host = z.infer<typeof hostSchema>;

export const hostsReplySchema = z.object({ hosts: z.array(hostSchema) }).meta({ id: 'HostsReply' });
export type HostsReply = z.infer<typeof hostsReplySchema>;

/** A Catalog with the instances each dimension had lately. */
export const catalogEntrySchema = catalogSchema
  .extend({ instances: z.record(z.string(), z.array(z.string())), status: sampleStatusSchema.nullable(), reason: z.string().nullable() })
  .meta({ id: 'CatalogEntry' });
export type CatalogEntry = z.infer<typeof catalogEntrySchema>;
export const catalogReplySchema = z.object({ collectors: z.array(catalogEntrySchema) }).meta({ id: 'CatalogReply' });
export type CatalogReply = z.infer<typeof catalogReplySchema>;

export const AGGREGATES = ['avg', 'min', 'max'] as const;
export const aggregateSchema = z.enum(AGGREGATES);
export type Aggregate = z.infer<typeof aggregateSchema>;

export const MAX_POINTS = 10_000;
export const DEFAULT_POINTS = 1000;

const INTERVAL = /^(auto|raw|[1-9][0-9]{0,6}(ms|s|m|h|d))$/;
const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `5s`, `1m`, `1h` in milliseconds; null for `auto` and `raw`. The text has passed `historyQuerySchema`. */
export function intervalToMs(interval: string): number | null {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(interval);
  return match === null ? null : Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

const oneOrMany = <T extends z.ZodType>(item: T) => z.union([item, z.array(item)]);
const timeSchema = z.iso.datetime({
  offset: true,
  local: true,
  error: 'must be an ISO 8601 time, such as 2026-11-23T19:20:31Z (UTC when no zone is given)',
});

/** Query of `GET /api/history/metrics`. Times without a zone are UTC. */
export const historyQuerySchema = z
  .object({
    host: subjectTokenSchema.optional().describe('Default: the only host there is; required when there are several'),
    metric_type: subjectTokenSchema.describe('The collector'),
    start_time: timeSchema.optional().describe('Default: one hour before end_time'),
    end_time: timeSchema.optional().describe('Default: now; not part of the range itself'),
    interval: z.string().regex(INTERVAL, 'must be auto, raw or a duration such as 5s, 1m, 1h').default('auto'),
    limit: z.coerce.number().int().min(1).max(MAX_POINTS).default(DEFAULT_POINTS),
    fields: z
      .string()
      .max(4000)
      .optional()
      .describe('Comma separated paths, * allowed: usage_percent, core.*, core.usage_percent{core="0"}'),
    agg: oneOrMany(aggregateSchema).optional().describe('avg (default), min, max; repeat for several'),
  })
  .meta({ id: 'HistoryQuery' });
export type HistoryQuery = z.infer<typeof historyQuerySchema>;

/** With one `agg`, `data` has the shape of a Sample's `metrics`; with several it has one such object per aggregate. */
export const historyPointSchema = z.object({
  timestamp: z.iso.datetime().describe('Start of the bucket, or the tick itself for raw'),
  data: z.union([metricsSchema, z.partialRecord(aggregateSchema, metricsSchema)]),
});

export const historyReplySchema = z
  .object({
    host: subjectTokenSchema,
    metric_type: subjectTokenSchema,
    start_time: z.iso.datetime(),
    end_time: z.iso.datetime(),
    interval: z.string().describe('What was used: raw or a duration'),
    resolution: z.string().describe('The stored resolution that was read: raw, 1m, 1h'),
    agg: z.array(aggregateSchema),
    count: z.number().int(),
    truncated: z.boolean().describe('True when the range holds more points than limit; the oldest are given'),
    data_points: z.array(historyPointSchema),
  })
  .meta({ id: 'HistoryReply' });
export type HistoryReply = z.infer<typeof historyReplySchema>;

export const historyTypesReplySchema = z
  .object({ types: z.array(z.object({ metric_type: subjectTokenSchema, hosts: z.array(subjectTokenSchema) })) })
  .meta({ id: 'HistoryTypesReply' });
export type HistoryTypesReply = z.infer<typeof historyTypesReplySchema>;

/** `GET /health/ready`: what is up, each by name. */
export const readinessSchema = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    dependencies: z.record(z.string(), z.object({ up: z.boolean(), reason: z.string().nullable() })),
  })
  .meta({ id: 'Readiness' });
export type Readiness = z.infer<typeof readinessSchema>;
