import { z } from 'zod';
import { defaultPerfEvents, MAX_INTERVAL_MS, MIN_INTERVAL_MS, PERF_EVENT_GROUPS } from './config-for.ts';
import { MAX_CPU_SELECTION_LENGTH, parseCpuSelection } from './cpu-selection.ts';
import { subjectTokenSchema } from './subject.ts';

export const intervalMsSchema = z.number().int().min(MIN_INTERVAL_MS).max(MAX_INTERVAL_MS);

export const collectorConfigSchema = z.object({ enabled: z.boolean() });

const cpuSelectionSchema = z
  .string()
  .max(MAX_CPU_SELECTION_LENGTH)
  .superRefine((text, context) => {
    const { fault } = parseCpuSelection(text);
    if (fault !== null) context.addIssue(fault);
  })
  .describe('Which CPUs to count on: all, or a list such as 0-3,8,10-11');

const perfEventGroupsSchema = z
  .array(z.enum(PERF_EVENT_GROUPS))
  .min(1)
  .refine((groups) => new Set(groups).size === groups.length, 'names a group twice')
  .describe('Which groups of events to count');

/** What the collector `perf-events` counts, and where. Whether it runs is its `enabled` among the collectors. */
export const perfEventsConfigSchema = z
  .object({
    cpus: cpuSelectionSchema,
    groups: perfEventGroupsSchema,
    per_core: z.boolean().describe('Also give the ratios of every CPU'),
  })
  .meta({ id: 'PerfEventsConfig' });
export type PerfEventsConfig = z.infer<typeof perfEventsConfigSchema>;

const perfEventsUpdateSchema = z
  .strictObject(perfEventsConfigSchema.partial().shape)
  .refine((update) => Object.keys(update).length > 0, 'give cpus, groups, per_core or several of them');

const collectorsSchema = z.record(subjectTokenSchema, collectorConfigSchema);

/** What one host's collectors run by: the defaults of all hosts overlaid with the host's own. A collector not named is on. */
export const collectionConfigSchema = z
  .object({ interval_ms: intervalMsSchema, collectors: collectorsSchema, perf_events: perfEventsConfigSchema })
  .meta({ id: 'CollectionConfig' });
export type CollectionConfig = z.infer<typeof collectionConfigSchema>;

interface Nullable {
  host?: string | null | undefined;
  interval_ms?: number | null | undefined;
  collectors?: Readonly<Record<string, object | null>> | undefined;
  perf_events?: object | null | undefined;
}
/** There is nothing below the defaults that could count instead of them. */
const takesBackFromHostOnly = ({ host = null, interval_ms, collectors = {}, perf_events }: Nullable): boolean =>
  host !== null || ![interval_ms, perf_events, ...Object.values(collectors)].some((part) => part === null);

/**
 * Body of `PUT /api/config`. What is absent stays as it is; `host` null or absent means the defaults of all hosts. With a host, null takes back
 * what the host has of its own, so that the default counts again.
 */
export const configUpdateSchema = z
  .strictObject({
    // A JSON object cannot be trusted to keep that key: the settings would be gone without a word.
    host: subjectTokenSchema
      .refine((host) => host !== '__proto__', 'cannot be __proto__')
      .nullable()
      .optional(),
    interval_ms: intervalMsSchema.nullable().optional(),
    collectors: z.record(subjectTokenSchema, collectorConfigSchema.nullable()).optional(),
    perf_events: perfEventsUpdateSchema.nullable().optional(),
  })
  .refine(takesBackFromHostOnly, 'name a host: null takes back what one host has of its own')
  .refine(
    ({ interval_ms, collectors, perf_events }) => [interval_ms, collectors, perf_events].some((part) => part !== undefined),
    'give interval_ms, collectors, perf_events or several of them',
  )
  .meta({ id: 'ConfigUpdate' });
export type ConfigUpdate = z.infer<typeof configUpdateSchema>;

const hostConfigSchema = z.object({
  interval_ms: intervalMsSchema.optional(),
  collectors: collectorsSchema.optional(),
  perf_events: perfEventsConfigSchema.partial().optional(),
});

/** `GET /api/config`, and the `config` event: the defaults, and what each host has of its own. */
export const configSchema = z
  .object({
    interval_ms: intervalMsSchema,
    collectors: collectorsSchema,
    // Settings that an earlier version stored have none: they read as the defaults.
    perf_events: perfEventsConfigSchema.default(defaultPerfEvents),
    hosts: z.record(subjectTokenSchema, hostConfigSchema),
    updated_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Config' });
export type Config = z.infer<typeof configSchema>;
