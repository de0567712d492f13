import { z } from 'zod';
import { dimensionNameSchema, metricNameSchema } from './sample.ts';
import { subjectTokenSchema } from './subject.ts';
import { UNITS, type Unit } from './unit.ts';

export const unitSchema = z.enum(UNITS as unknown as [Unit, ...Unit[]]);

/**
 * `gauge`: the state at the tick; `rate`: a difference over the elapsed time.
 * Both may be averaged; neither may be summed over time.
 */
export const metricKindSchema = z.enum(['gauge', 'rate']);
export type MetricKind = z.infer<typeof metricKindSchema>;

/** What one metric is. `unavailable` says why this machine does not have it; absent or null when it does. */
export const metricDescriptorSchema = z.object({
  title: z.string().min(1).max(120),
  unit: unitSchema,
  kind: metricKindSchema,
  help: z.string().max(2000).optional().describe('What it measures, when it is absent'),
  source: z.string().max(300).optional().describe('The kernel file and field, or the document that defines it'),
  unavailable: z.string().max(500).nullable().optional(),
});
export type MetricDescriptor = z.infer<typeof metricDescriptorSchema>;

export const dimensionDescriptorSchema = z.object({
  title: z.string().min(1).max(120),
  help: z.string().max(2000).optional(),
  unavailable: z.string().max(500).nullable().optional(),
  metrics: z.record(metricNameSchema, metricDescriptorSchema),
});
export type DimensionDescriptor = z.infer<typeof dimensionDescriptorSchema>;

/** What a collector's numbers mean. Published at start, on change and every 60 s. */
export const catalogSchema = z
  .object({
    host: subjectTokenSchema,
    collector: subjectTokenSchema,
    ts: z.iso.datetime({ offset: true }),
    title: z.string().min(1).max(120),
    help: z.string().max(2000).optional(),
    metrics: z.record(metricNameSchema, metricDescriptorSchema),
    dimensions: z.record(dimensionNameSchema, dimensionDescriptorSchema).optional(),
  })
  .meta({ id: 'Catalog' });
export type Catalog = z.infer<typeof catalogSchema>;
