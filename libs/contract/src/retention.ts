import { z } from 'zod';
import { resolutionSchema } from './history.ts';
import { MAX_RETENTION_DAYS } from './retention-bounds.ts';
import { subjectTokenSchema } from './subject.ts';

const daysSchema = z.number().int().min(1).max(MAX_RETENTION_DAYS);

const policyShape = {
  downsample_after_days: daysSchema.describe('How long raw Samples are kept'),
  downsample_interval: z
    .enum(['1m', '1h'])
    .describe('What is kept of older ones: means, minima and maxima by the minute (and hour), or by the hour alone'),
  retention_days: daysSchema.describe('How long those are kept; not shorter than raw Samples'),
  archive_enabled: z.boolean().describe('Raw Samples are written to compressed NDJSON files in the data directory before they are dropped'),
};

/** Key of the policy in the table `setting`. */
export const RETENTION_SETTING = 'retention';

/** What is kept for how long. */
export const retentionPolicySchema = z.object(policyShape).meta({ id: 'RetentionPolicy' });
export type RetentionPolicy = z.infer<typeof retentionPolicySchema>;

export const DEFAULT_RETENTION: RetentionPolicy = {
  downsample_after_days: 7,
  downsample_interval: '1m',
  retention_days: 30,
  archive_enabled: false,
};

/** Body of `PUT /api/retention`. What is absent stays as it is. With `dry_run` nothing is changed: the reply says what would be deleted. */
export const retentionUpdateSchema = z
  .strictObject({ ...retentionPolicySchema.partial().shape, dry_run: z.boolean().optional() })
  .refine(
    (update) => Object.keys(update).some((key) => key !== 'dry_run'),
    'give downsample_after_days, downsample_interval, retention_days, archive_enabled or several of them',
  )
  .meta({ id: 'RetentionUpdate' });
export type RetentionUpdate = z.infer<typeof retentionUpdateSchema>;

const countSchema = z.number().int().min(0);
const timeSchema = z.iso.datetime().nullable();

const tierSchema = z.object({
  tier: z.enum(['hot', ...resolutionSchema.options]).describe('hot: rows of the hours that are not closed yet; raw, 1m, 1h: segments'),
  bytes: countSchema.describe('On disk, indexes included'),
  numbers: countSchema.nullable().describe('Null where counting would cost too much'),
  oldest: timeSchema,
  newest: timeSchema,
});

/** What the next run deletes under the policy. */
const deletionSchema = z.object({
  raw_samples: countSchema,
  raw_bytes: countSchema,
  rollup_segments: countSchema,
  rollup_bytes: countSchema,
  raw_before: z.iso.datetime().describe('Raw Samples before this go'),
  rollups_before: z.iso.datetime().describe('Everything before this goes'),
  archived_first: z.boolean(),
});
export type RetentionDeletion = z.infer<typeof deletionSchema>;

/** What one run of retention did. */
export const retentionRunSchema = z
  .object({
    started_at: z.iso.datetime(),
    finished_at: z.iso.datetime(),
    sealed_series: countSchema.describe('Hours of collectors sealed or merged into, since the run before'),
    sealed_samples: countSchema,
    late_samples_dropped: countSchema.describe('Of hours whose raw Samples had expired when they came: they change nothing'),
    partitions_dropped: countSchema,
    raw_segments_deleted: countSchema,
    raw_samples_deleted: countSchema,
    rollup_segments_deleted: countSchema,
    archived_files: countSchema,
    archived_samples: countSchema,
    bytes_freed: countSchema,
    finished: z.boolean().describe('False when there was more to do than one run may take; the next one goes on'),
    error: z.string().nullable(),
  })
  .meta({ id: 'RetentionRun' });
export type RetentionRun = z.infer<typeof retentionRunSchema>;

/** `GET /api/retention`: the policy, what it costs, what comes next. */
export const retentionReplySchema = z
  .object({
    ...policyShape,
    bytes: countSchema.describe('All tiers'),
    bytes_per_number: z.number().nullable().describe('Bytes of all tiers by raw numbers stored; null before there are any'),
    oldest_sample: timeSchema,
    newest_sample: timeSchema,
    tiers: z.array(tierSchema),
    hosts: z.array(
      z.object({
        host: subjectTokenSchema,
        bytes: z.record(z.string(), countSchema).describe('By tier, as shares of what the tier takes'),
        oldest_sample: timeSchema,
        newest_sample: timeSchema,
      }),
    ),
    archive: z
      .object({ files: countSchema, bytes: countSchema })
      .nullable()
      .describe('Null where it cannot be read; the log of the service says why'),
    will_delete: deletionSchema,
    last_run: retentionRunSchema.nullable(),
    next_run: z.iso.datetime(),
  })
  .meta({ id: 'RetentionReply' });
export type RetentionReply = z.infer<typeof retentionReplySchema>;
