import type { ChartSpec } from '../charts/chart-spec.ts';

const lineOf = (metric: string, title: string, colour: ChartSpec['series'][number]['colour']) => ({ path: { metric }, title, colour });

/** Where processor time goes: everything but idle, so the stack's height is what is busy or waits. Guest time is part of user time and is not stacked again. */
export const CPU_MODES: ChartSpec = {
  collector: 'cpu',
  unit: 'percent',
  stacked: true,
  label: 'Processor time by mode, stacked, in percent of all CPUs',
  series: [
    lineOf('user_percent', 'user', 'blue'),
    lineOf('nice_percent', 'nice', 'cyan'),
    lineOf('system_percent', 'system', 'violet'),
    lineOf('iowait_percent', 'iowait', 'amber'),
    lineOf('irq_percent', 'irq', 'red'),
    lineOf('softirq_percent', 'softirq', 'pink'),
    lineOf('steal_percent', 'steal', 'lime'),
  ],
};

export const CPU_LOAD: ChartSpec = {
  collector: 'cpu',
  unit: 'load',
  stacked: false,
  label: 'Load averages over 1, 5 and 15 minutes',
  series: [lineOf('load_1m', '1 min', 'violet'), lineOf('load_5m', '5 min', 'cyan'), lineOf('load_15m', '15 min', 'grey')],
};

export const CPU_ACTIVITY: ChartSpec = {
  collector: 'cpu',
  unit: 'per_sec',
  stacked: false,
  label: 'Context switches and interrupts per second',
  series: [
    lineOf('context_switches_per_sec', 'context switches', 'blue'),
    lineOf('interrupts_per_sec', 'interrupts', 'red'),
    lineOf('softirqs_per_sec', 'soft interrupts', 'pink'),
  ],
};

export const CPU_FREQUENCY: ChartSpec = {
  collector: 'cpu',
  unit: 'mhz',
  stacked: false,
  label: 'Mean clock frequency of all CPUs',
  series: [lineOf('frequency_mhz', 'mean clock', 'cyan')],
};

/** Columns of the table of cores. */
export const CORE_COLUMNS = [
  'usage_percent',
  'user_percent',
  'system_percent',
  'iowait_percent',
  'softirq_percent',
  'steal_percent',
  'frequency_mhz',
];
