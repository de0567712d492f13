import type { ChartSeries, ChartSpec } from '../charts/chart-spec.ts';
import type { SeriesColour } from '../theme/chart-theme.ts';
import type { Column } from './columns.ts';

const COLLECTOR = 'perf-events';

/** The share of the time that a group of events was counted, in percent. */
export const shareOf = (group: string) => ({ dimension: 'group', instance: group, metric: 'running_percent' });

const line = (metric: string, title: string, { colour, group }: { colour: SeriesColour; group: string }): ChartSeries => ({
  path: { metric },
  title,
  colour,
  share: shareOf(group),
});

export const IPC: ChartSpec = {
  collector: COLLECTOR,
  unit: 'ratio',
  stacked: false,
  label: 'Instructions per cycle; fainter where counted only a part of the time',
  series: [line('ipc_ratio', 'IPC', { colour: 'pink', group: 'core' })],
};

const MISSES: ChartSpec = {
  collector: COLLECTOR,
  unit: 'percent',
  stacked: false,
  label: 'Share of branches mispredicted and of loads missed; fainter where counted only a part of the time',
  series: [
    line('branch_miss_percent', 'branch', { colour: 'red', group: 'core' }),
    line('l1d_miss_percent', 'L1D', { colour: 'blue', group: 'l1d' }),
    line('llc_miss_percent', 'LLC', { colour: 'amber', group: 'llc' }),
    line('dtlb_miss_percent', 'dTLB', { colour: 'violet', group: 'dtlb' }),
    line('itlb_miss_percent', 'iTLB', { colour: 'cyan', group: 'itlb' }),
  ],
};

/** Miss rates that this machine has; null where there is none. */
export function missChart(isThere: (metric: string) => boolean): ChartSpec | null {
  const series = MISSES.series.filter(({ path }) => isThere(path.metric));
  return series.length === 0 ? null : { ...MISSES, series };
}

/** What the kernel counts itself, on any machine. */
export const SOFTWARE: ChartSpec = {
  collector: COLLECTOR,
  unit: 'per_sec',
  stacked: false,
  label: 'Context switches, page faults and migrations per second',
  series: [
    { path: { metric: 'context_switches_per_sec' }, title: 'context switches', colour: 'blue' },
    { path: { metric: 'page_faults_per_sec' }, title: 'page faults', colour: 'green' },
    { path: { metric: 'cpu_migrations_per_sec' }, title: 'migrations', colour: 'violet' },
  ],
};

/** Groups of the ratios that stand as figures. */
export const GROUP_OF: Readonly<Record<string, string>> = {
  ipc_ratio: 'core',
  effective_frequency_mhz: 'core',
  llc_misses_per_kilo_instruction_ratio: 'llc',
  package_watts: 'power',
  dram_watts: 'power',
  ...Object.fromEntries(MISSES.series.map(({ path, share }) => [path.metric, share?.instance ?? ''])),
};

/** Figures that stand beside instructions per cycle, where this machine has them. */
export const PERF_FACTS = [
  { metric: 'effective_frequency_mhz', title: 'effective' },
  { metric: 'llc_misses_per_kilo_instruction_ratio', title: 'MPKI' },
  { metric: 'package_watts', title: 'package' },
  { metric: 'dram_watts', title: 'DRAM' },
] as const;

const ratio = (metric: string, title: string, colour: SeriesColour): Column => ({ metrics: [metric], title, look: 'line', colour });

/** Of each core the ratios, in the colours of their charts. */
export const CORE_RATIO_COLUMNS: readonly Column[] = [
  ratio('ipc_ratio', 'IPC', 'pink'),
  ratio('effective_frequency_mhz', 'Effective', 'green'),
  ratio('branch_miss_percent', 'Branch miss', 'red'),
  ratio('l1d_miss_percent', 'L1D miss', 'blue'),
  ratio('llc_miss_percent', 'LLC miss', 'amber'),
  ratio('llc_misses_per_kilo_instruction_ratio', 'LLC MPKI', 'lime'),
  ratio('dtlb_miss_percent', 'dTLB miss', 'violet'),
  ratio('itlb_miss_percent', 'iTLB miss', 'cyan'),
];
