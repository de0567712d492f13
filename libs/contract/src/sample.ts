import { z } from 'zod';
import { SAMPLE_STATUSES } from './sample-statuses.ts';
import { subjectTokenSchema } from './subject.ts';
import { unitOf } from './unit.ts';

const SNAKE_CASE = /^[a-z][a-z0-9_]{0,119}$/;
/** Control characters and lone surrogates cannot be shown, and PostgreSQL cannot store NUL. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);
const MAX_INSTANCE_LENGTH = 255;

export const sampleStatusSchema = z.enum(SAMPLE_STATUSES);
export type SampleStatus = z.infer<typeof sampleStatusSchema>;

/** A finite number, or null for "not known at this tick". Never 0 for unknown. */
export type MetricValue = number | null;
/** Metrics of one instance: name to value. */
export type InstanceMetrics = Record<string, MetricValue>;
/** Instances of one dimension. */
export type DimensionMetrics = Record<string, InstanceMetrics>;
/** `metrics` of a Sample: a value per metric, or a dimension. */
export type Metrics = Record<string, MetricValue | DimensionMetrics>;

function metricNameFault(name: string): string | null {
  if (!SNAKE_CASE.test(name)) return `metric name "${name.slice(0, 40)}" must be snake_case (a-z, 0-9, _)`;
  if (unitOf(name) !== null) return null;
  return `metric name "${name}" must end in its unit, such as _percent, _bytes, _per_sec, _ms, _count, _ratio`;
}

function dimensionNameFault(name: string): string | null {
  return SNAKE_CASE.test(name) ? null : `dimension name "${name.slice(0, 40)}" must be snake_case (a-z, 0-9, _)`;
}

function instanceNameFault(name: string): string | null {
  const usable = name.length >= 1 && name.length <= MAX_INSTANCE_LENGTH && !UNPRINTABLE.test(name) && !RESERVED.has(name);
  return usable ? null : `instance name "${name.slice(0, 40)}" must be 1 to ${MAX_INSTANCE_LENGTH} printable characters`;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isLeaf = (value: unknown): value is MetricValue => value === null || (typeof value === 'number' && Number.isFinite(value));

interface MetricsFault {
  path: string[];
  message: string;
}

function instanceFault(values: unknown): MetricsFault | null {
  if (!isRecord(values)) return { path: [], message: 'an instance must be an object of metrics' };
  for (const metric in values) {
    const message = metricNameFault(metric);
    if (message !== null) return { path: [metric], message };
    if (!isLeaf(values[metric])) return { path: [metric], message: 'must be a finite number or null; dimensions are one level deep' };
  }
  return null;
}

function dimensionFault(instances: Record<string, unknown>): MetricsFault | null {
  for (const instance in instances) {
    const message = instanceNameFault(instance);
    if (message !== null) return { path: [instance], message };
    const fault = instanceFault(instances[instance]);
    if (fault !== null) return { path: [instance, ...fault.path], message: fault.message };
  }
  return null;
}

/** The first thing wrong with `metrics`, by hand because every Sample passes here: a schema of records takes ten times as long. */
function metricsFault(metrics: unknown): MetricsFault | null {
  if (!isRecord(metrics)) return { path: [], message: 'must be an object of metrics' };
  for (const name in metrics) {
    const value = metrics[name];
    const isDimension = isRecord(value);
    if (!isDimension && !isLeaf(value)) return { path: [name], message: 'must be a finite number, null or a dimension' };
    const message = isDimension ? dimensionNameFault(name) : metricNameFault(name);
    if (message !== null) return { path: [name], message };
    const fault = isDimension ? dimensionFault(value) : null;
    if (fault !== null) return { path: [name, ...fault.path], message: fault.message };
  }
  return null;
}

const named = (fault: (name: string) => string | null) =>
  z.string().superRefine((name, context) => {
    const message = fault(name);
    if (message !== null) context.addIssue(message);
  });

/** A metric's name: snake_case, ending in its unit. */
export const metricNameSchema = named(metricNameFault);
/** A dimension's name: snake_case, no unit. */
export const dimensionNameSchema = named(dimensionNameFault);
/** What a dimension's instance is called: a device, a mount point, a core's number. */
export const instanceNameSchema = named(instanceNameFault);

export const metricsSchema = z
  .custom<Metrics>()
  .superRefine((metrics, context) => {
    const fault = metricsFault(metrics);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault.message, path: fault.path });
  })
  .meta({
    type: 'object',
    description: 'Metric name to a finite number or null; or dimension to instance to metric name to number or null',
  });

const timestampSchema = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time with a zone, such as 2026-11-23T19:20:31.000Z' });

/** One tick of one collector. `host`, `collector`, `ts` and `metrics` are required of anyone; the rest of built-in collectors. */
export const sampleSchema = z
  .object({
    host: subjectTokenSchema,
    collector: subjectTokenSchema,
    ts: timestampSchema.describe('The scheduled tick, aligned to a multiple of the interval on the wall clock'),
    run: z.string().min(1).max(64).optional().describe('Changes whenever the collector starts again'),
    seq: z.number().int().min(0).optional().describe('Rises by one with every Sample of a run'),
    interval_ms: z.number().positive().optional(),
    elapsed_ms: z.number().min(0).nullable().optional().describe('What rates were divided by; null on the first tick'),
    status: sampleStatusSchema.optional(),
    reason: z.string().max(1000).nullable().optional().describe('One line a person can act on'),
    metrics: metricsSchema,
  })
  .meta({ id: 'Sample' });

export type Sample = z.infer<typeof sampleSchema>;
