import type { Host } from '@perfwatch/contract';
import { findMetric, type ChoosableCollector } from '../../catalog/choosable.ts';
import { parseChoice, type MetricChoice } from '../../catalog/metric-choice.ts';

/** What most look for first; of these, what the hosts have. */
const USUAL = [
  'cpu:usage_percent',
  'memory:usage_percent',
  'pressure:cpu_some_percent',
  'pressure:io_some_percent',
  'network:recv_bytes_per_sec',
  'network:sent_bytes_per_sec',
  'disk:read_bytes_per_sec',
  'disk:write_bytes_per_sec',
  'cpu:load_1m',
];
const FALLBACK_COLLECTORS = 4;

/** What is shown to someone who has chosen nothing: the usual, or else the first metric of the first few collectors. */
export function firstMetrics(collectors: readonly ChoosableCollector[]): MetricChoice[] {
  const usual = USUAL.flatMap((text) => parseChoice(text) ?? []).filter((choice) => {
    const found = findMetric(collectors, choice);
    return found !== null && found.metric.unavailable === null;
  });
  return usual.length > 0 ? usual : collectors.slice(0, FALLBACK_COLLECTORS).flatMap((collector) => firstOf(collector) ?? []);
}

function firstOf(collector: ChoosableCollector): MetricChoice | null {
  const metric = collector.metrics.find(({ unavailable }) => unavailable === null);
  if (metric !== undefined) return { collector: collector.name, metric: metric.name, dimension: null, instance: null };
  const dimension = collector.dimensions.find(({ unavailable, metrics }) => unavailable === null && metrics.length > 0);
  const within = dimension?.metrics.find(({ unavailable }) => unavailable === null);
  if (dimension === undefined || within === undefined) return null;
  return { collector: collector.name, metric: within.name, dimension: dimension.name, instance: null };
}

/** The host heard last: the one that most likely runs. Null where there is none. */
export function firstHost(hosts: readonly Host[]): string | null {
  const [newest] = [...hosts].sort((a, b) => (b.last_sample ?? '').localeCompare(a.last_sample ?? ''));
  return newest?.host ?? null;
}
