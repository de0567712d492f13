import type { ChartSpec } from '../charts/chart-spec.ts';

const line = (metric: string, title: string, colour: ChartSpec['series'][number]['colour']) => ({ path: { metric }, title, colour });
const chart = (label: string, series: ChartSpec['series']): ChartSpec => ({
  collector: 'pressure',
  unit: 'percent',
  stacked: false,
  label,
  series,
});

/** A task waited. */
export const PRESSURE_SOME = chart('Share of the time in which a task waited, by what it waited for', [
  line('cpu_some_percent', 'CPU', 'blue'),
  line('memory_some_percent', 'memory', 'green'),
  line('io_some_percent', 'I/O', 'amber'),
]);

/** All tasks waited. */
export const PRESSURE_FULL = chart('Share of the time in which all tasks waited, by what they waited for', [
  line('memory_full_percent', 'memory', 'green'),
  line('io_full_percent', 'I/O', 'amber'),
  line('irq_full_percent', 'interrupts', 'red'),
]);

export interface PressureRow {
  title: string;
  /** Null where the kernel has no such figure, as of a CPU that all wait for. */
  some: string | null;
  full: string | null;
}

export const PRESSURE_ROWS: readonly PressureRow[] = [
  { title: 'CPU', some: 'cpu_some_percent', full: null },
  { title: 'Memory', some: 'memory_some_percent', full: 'memory_full_percent' },
  { title: 'I/O', some: 'io_some_percent', full: 'io_full_percent' },
  { title: 'Interrupts', some: null, full: 'irq_full_percent' },
];

/** A chart without the lines that this machine cannot have. */
export function linesThere(spec: ChartSpec, isThere: (metric: string) => boolean): ChartSpec {
  return { ...spec, series: spec.series.filter(({ path }) => isThere(path.metric)) };
}
