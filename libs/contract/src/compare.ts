import { z } from 'zod';
import { isoTimeSchema } from './iso-time.ts';
import { resolutionSchema } from './history.ts';
import { COMPARE_PERIODS, COMPARE_TO } from './history-words.ts';
import { metricsSchema } from './sample.ts';
import { subjectTokenSchema } from './subject.ts';

export type ComparePeriod = (typeof COMPARE_PERIODS)[number];
export type CompareTo = (typeof COMPARE_TO)[number];

/**
 * Query of `GET /api/history/compare`. Either `period` (the last hour, 24 hours or seven days, until the newest whole 5 s, minute or
 * hour), against the same stretch a day earlier (`yesterday`), a week earlier (`last_week`) or right before it (`previous`, the default);
 * or four times. Window 1 is what is looked at, window 2 what it is held against.
 */
export const compareQuerySchema = z
  .object({
    host: subjectTokenSchema.optional().describe('Default: the only host there is; required when there are several'),
    metric_type: subjectTokenSchema
      .optional()
      .describe('The collector; absent: the summary is of every collector, and no series are given'),
    period: z.enum(COMPARE_PERIODS).optional(),
    compare_to: z.enum(COMPARE_TO).optional(),
    start_time_1: isoTimeSchema.optional(),
    end_time_1: isoTimeSchema.optional(),
    start_time_2: isoTimeSchema.optional(),
    end_time_2: isoTimeSchema.optional(),
    fields: z.string().max(4000).optional().describe('As in /api/history/metrics; needs metric_type'),
  })
  .meta({ id: 'CompareQuery' });
export type CompareQuery = z.infer<typeof compareQuerySchema>;

const windowSchema = z.object({
  start_time: z.iso.datetime(),
  end_time: z.iso.datetime(),
  seconds: z.number(),
  covered_seconds: z.number().describe('Time for which there are Samples'),
  coverage_percent: z.number().min(0).max(100),
});
export type CompareWindow = z.infer<typeof windowSchema>;

const figure = z.number().nullable();
const statisticsSchema = z.object({
  avg: figure,
  min: figure,
  max: figure,
  p50: figure.describe('Of the means by `step`'),
  p95: figure.describe('Of the means by `step`'),
  count: z.number().int().describe('Numbers that it is made of'),
});
export type CompareStatistics = z.infer<typeof statisticsSchema>;

/** One metric in both windows. See docs/compare.md for how effect and interval come about. */
export const metricComparisonSchema = z.object({
  collector: subjectTokenSchema,
  path: z.string().describe('As in `fields`: usage_percent, core.usage_percent{core="0"}'),
  window_1: statisticsSchema,
  window_2: statisticsSchema,
  change: figure.describe('Mean of window 1 less mean of window 2, in the unit of the metric'),
  change_percent: figure.describe('Of the size of the mean of window 2; null when that is 0'),
  effect: z
    .object({
      size: z.number().describe('Difference of the means in standard deviations (Hedges g)'),
      low: z.number().describe('95 % confidence interval, autocorrelation allowed for'),
      high: z.number(),
    })
    .nullable()
    .describe('Null where there is too little to tell (verdict unknown), or where two constants differ, which no deviation can measure'),
  verdict: z.enum(['higher', 'lower', 'no_clear_change', 'unknown']),
});
export type MetricComparison = z.infer<typeof metricComparisonSchema>;

const seriesPointSchema = z.object({ offset_seconds: z.number().describe('Since the start of the window'), data: metricsSchema });

export const compareReplySchema = z
  .object({
    host: subjectTokenSchema,
    metric_type: subjectTokenSchema.nullable(),
    window_1: windowSchema,
    window_2: windowSchema,
    resolution: resolutionSchema.describe('The coarsest stored resolution that was read'),
    step: z.string().describe('p50, p95 and effect are made of means by this step; avg, min, max of all Samples'),
    comparable: z.boolean().describe('False when the windows differ in length or coverage by more than a tenth'),
    note: z.string().nullable().describe('Why they are hardly comparable, and what else to know of them, in words'),
    interval: z.string().describe('Step of the series: `step`, or coarser where they would be too long'),
    series_1: z.array(seriesPointSchema).describe('Means by `interval`; of the metrics that changed most where not all fit'),
    series_2: z.array(seriesPointSchema),
    summary: z.array(metricComparisonSchema).describe('What really changed first'),
    truncated: z.boolean().describe('True when the summary has been cut to the metrics that changed most'),
  })
  .meta({ id: 'CompareReply' });
export type CompareReply = z.infer<typeof compareReplySchema>;
