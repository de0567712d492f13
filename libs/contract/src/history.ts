import { z } from 'zod';
import { isoTimeSchema } from './iso-time.ts';
import { annotationRecordSchema } from './annotation.ts';
import { AGGREGATES, DEFAULT_POINTS, EXPORT_FORMATS, MAX_HISTORY_HOSTS, MAX_POINTS, RESOLUTIONS } from './history-words.ts';
import { metricsSchema } from './sample.ts';
import { subjectTokenSchema } from './subject.ts';

export const aggregateSchema = z.enum(AGGREGATES);
export type Aggregate = z.infer<typeof aggregateSchema>;

export const resolutionSchema = z.enum(RESOLUTIONS);
export type Resolution = z.infer<typeof resolutionSchema>;

const INTERVAL = /^(auto|raw|[1-9][0-9]{0,6}(ms|s|m|h|d))$/;

const oneOrMany = <T extends z.ZodType>(item: T) => z.union([item, z.array(item)]);
const hostsSchema = z
  .string()
  .max(64 * MAX_HISTORY_HOSTS)
  .regex(/^[A-Za-z0-9_-]{1,63}(,[A-Za-z0-9_-]{1,63})*$/, 'must be 1 to 63 of A-Z a-z 0-9 _ -; several are separated by commas');
const fieldsSchema = z.string().max(4000).describe('Comma separated paths, * allowed: usage_percent, core.*, core.usage_percent{core="0"}');

const selectionShape = {
  host: oneOrMany(hostsSchema)
    .optional()
    .describe('One, or several: repeated or comma separated. Default: the only host there is; required when there are several'),
  start_time: isoTimeSchema.optional().describe('Default: one hour before end_time'),
  end_time: isoTimeSchema.optional().describe('Default: now; not part of the range itself'),
  interval: z
    .string()
    .regex(INTERVAL, 'must be auto, raw or a duration such as 5s, 1m, 1h')
    .default('auto')
    .describe('auto, raw or a duration. Where raw Samples are kept no more, raw gives means by the minute or by the hour'),
  fields: fieldsSchema.optional(),
  agg: oneOrMany(aggregateSchema).optional().describe('avg (default), min, max; repeat for several'),
};

/** Query of `GET /api/history/metrics`. Times without a zone are UTC. */
export const historyQuerySchema = z
  .object({
    ...selectionShape,
    metric_type: subjectTokenSchema.describe('The collector'),
    limit: z.coerce.number().int().min(1).max(MAX_POINTS).default(DEFAULT_POINTS).describe('Most points of each host'),
  })
  .meta({ id: 'HistoryQuery' });
export type HistoryQuery = z.infer<typeof historyQuerySchema>;

/** Query of `GET /api/history/export`: the same selection without a limit; `interval` is `raw` by default. */
export const exportQuerySchema = z
  .object({
    ...selectionShape,
    metric_type: subjectTokenSchema.describe('The collector'),
    interval: selectionShape.interval.default('raw'),
    format: z.enum(EXPORT_FORMATS).default('csv'),
  })
  .meta({ id: 'ExportQuery' });
export type ExportQuery = z.infer<typeof exportQuerySchema>;

/** With one `agg`, `data` has the shape of a Sample's `metrics`; with several it has one such object per aggregate. */
export const historyPointSchema = z.object({
  timestamp: z.iso.datetime().describe('Start of the bucket, or the tick itself for raw'),
  data: z.union([metricsSchema, z.partialRecord(aggregateSchema, metricsSchema)]),
});

const seriesShape = {
  interval: z.string().describe('What was used: raw or a duration'),
  resolution: resolutionSchema.describe('The coarsest stored resolution that was read'),
  count: z.number().int(),
  truncated: z.boolean().describe('True when the range holds more points than limit; the oldest are given'),
  data_points: z.array(historyPointSchema),
};
const askedShape = {
  metric_type: subjectTokenSchema,
  start_time: z.iso.datetime(),
  end_time: z.iso.datetime(),
  agg: z.array(aggregateSchema),
};

/** Reply for one host. */
export const historyReplySchema = z
  .object({
    host: subjectTokenSchema,
    ...askedShape,
    annotations: z.array(annotationRecordSchema).describe('Marks of this host that overlap the range, oldest first, at most 1000'),
    ...seriesShape,
  })
  .meta({ id: 'HistoryReply' });
export type HistoryReply = z.infer<typeof historyReplySchema>;

/** Reply for several hosts, in the order in which they were asked for. A host without this collector has no points. */
export const historyOfHostsReplySchema = z
  .object({
    hosts: z.array(subjectTokenSchema),
    ...askedShape,
    annotations: z.array(annotationRecordSchema),
    series: z.array(z.object({ host: subjectTokenSchema, ...seriesShape })),
  })
  .meta({ id: 'HistoryOfHostsReply' });
export type HistoryOfHostsReply = z.infer<typeof historyOfHostsReplySchema>;

export const historyTypesReplySchema = z
  .object({ types: z.array(z.object({ metric_type: subjectTokenSchema, hosts: z.array(subjectTokenSchema) })) })
  .meta({ id: 'HistoryTypesReply' });
export type HistoryTypesReply = z.infer<typeof historyTypesReplySchema>;

/** A part of a long reply, as text that goes out as it is; `next` asks for the part after it, null at the end. */
export interface HistoryPage {
  text: string;
  next: string | null;
}
