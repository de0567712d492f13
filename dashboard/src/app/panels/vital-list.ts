import type { MetricPath, MetricValue, Unit } from '@perfwatch/contract';
import type { SeriesColour } from '../theme/chart-theme.ts';

/** One figure of the row that is read first. */
export interface Vital {
  key: string;
  collector: string;
  path: MetricPath;
  title: string;
  colour: SeriesColour;
  /** The value at the top of its sparkline; null for the highest shown. */
  top: number | null;
  /** A metric of the same collector that puts the figure in proportion: `of 16`. */
  of?: { metric: string; unit: Unit };
  /** What the figure is of: `cpu`, `vda`. */
  note?: string;
}

/** A figure as it is listed: the first of its choices that this machine has is shown. */
interface Choice extends Omit<Vital, 'key' | 'path'> {
  metric: string;
}

const choice = (collector: string, metric: string, rest: Omit<Choice, 'collector' | 'metric' | 'top'> & { top?: number }): Choice => ({
  collector,
  metric,
  top: null,
  ...rest,
});

const PRESSURES = [
  { metric: 'cpu_some_percent', note: 'cpu' },
  { metric: 'memory_some_percent', note: 'memory' },
  { metric: 'io_some_percent', note: 'I/O' },
];

/** Those whose place is the same on every machine, in order, each with what stands in for it where it is not to be had. */
const CHOICES = {
  cpu: [choice('cpu', 'usage_percent', { title: 'CPU', colour: 'blue', top: 100 })],
  load: [choice('cpu', 'load_1m', { title: 'Load 1 min', colour: 'violet', of: { metric: 'core_count', unit: 'count' } })],
  memory: [choice('memory', 'usage_percent', { title: 'Memory', colour: 'green', top: 100, of: { metric: 'total_bytes', unit: 'bytes' } })],
  network: [choice('network', 'recv_bytes_per_sec', { title: 'Network in', colour: 'cyan' })],
  work: [
    choice('perf-events', 'ipc_ratio', { title: 'Instructions per cycle', colour: 'pink' }),
    choice('cpu', 'context_switches_per_sec', { title: 'Context switches', colour: 'pink' }),
  ],
  traffic: [
    choice('memory-bandwidth', 'dram_total_bytes_per_sec', { title: 'DRAM', colour: 'lime' }),
    choice('memory-bandwidth', 'page_io_bytes_per_sec', { title: 'Page I/O', colour: 'lime' }),
  ],
} as const satisfies Record<string, readonly Choice[]>;

export interface VitalQuery {
  /** Whether this machine has a metric. */
  isThere: (collector: string, metric: string) => boolean;
  /** The disk with the most to do; null where none is known. */
  busiestDisk: string | null;
  value: (collector: string, path: MetricPath) => MetricValue;
}

/** The vitals of a machine: eight where it has every collector. */
export function vitalsOf({ isThere, busiestDisk, value }: VitalQuery): Vital[] {
  const first = (choices: readonly Choice[]) => {
    const found = choices.find(({ collector, metric }) => isThere(collector, metric));
    if (found === undefined) return [];
    const { metric, ...rest } = found;
    return [{ ...rest, key: `${found.collector}-${metric}`, path: { metric } }];
  };
  return [
    ...first(CHOICES.cpu),
    ...first(CHOICES.load),
    ...first(CHOICES.memory),
    ...first(CHOICES.network),
    ...disk(busiestDisk, first),
    ...pressure(isThere, value),
    ...first(CHOICES.work),
    ...first(CHOICES.traffic),
  ];
}

/** How busy the busiest disk is; what is written where no disk tells how busy it is. */
function disk(busiestDisk: string | null, first: (choices: readonly Choice[]) => Vital[]): Vital[] {
  if (busiestDisk === null) return first([choice('disk', 'write_bytes_per_sec', { title: 'Disk written', colour: 'amber' })]);
  const path = { dimension: 'device', instance: busiestDisk, metric: 'utilization_percent' };
  return [{ key: 'disk-utilization_percent', collector: 'disk', path, title: 'Disk busy', colour: 'amber', top: 100, note: busiestDisk }];
}

/** The resource that work waits for most. */
function pressure(isThere: VitalQuery['isThere'], value: VitalQuery['value']): Vital[] {
  const known = PRESSURES.filter(({ metric }) => isThere('pressure', metric));
  const [worst] = known.toSorted(
    (a, b) => (value('pressure', { metric: b.metric }) ?? -1) - (value('pressure', { metric: a.metric }) ?? -1),
  );
  if (worst === undefined) return [];
  const { metric, note } = worst;
  return [{ key: 'pressure-some_percent', collector: 'pressure', path: { metric }, title: 'Pressure', colour: 'red', top: 100, note }];
}
