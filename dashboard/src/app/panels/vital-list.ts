import type { Unit } from '@perfwatch/contract';
import type { SeriesColour } from '../theme/chart-theme.ts';

/** One figure of the row that is read first. */
export interface VitalDescriptor {
  collector: string;
  metric: string;
  title: string;
  unit: Unit;
  colour: SeriesColour;
  /** The value at the top of its sparkline; null for the highest shown. */
  top: number | null;
  /** A metric of the same collector that puts the figure in proportion: `of 16`. */
  of?: { metric: string; unit: Unit };
}

/** The vitals, in order. A host shows those whose collector it has. */
export const VITALS: readonly VitalDescriptor[] = [
  { collector: 'cpu', metric: 'usage_percent', title: 'CPU', unit: 'percent', colour: 'blue', top: 100 },
  {
    collector: 'cpu',
    metric: 'load_1m',
    title: 'Load 1 min',
    unit: 'load',
    colour: 'violet',
    top: null,
    of: { metric: 'core_count', unit: 'count' },
  },
  { collector: 'cpu', metric: 'iowait_percent', title: 'I/O wait', unit: 'percent', colour: 'amber', top: 100 },
  { collector: 'cpu', metric: 'context_switches_per_sec', title: 'Context switches', unit: 'per_sec', colour: 'pink', top: null },
  {
    collector: 'memory',
    metric: 'usage_percent',
    title: 'Memory',
    unit: 'percent',
    colour: 'green',
    top: 100,
    of: { metric: 'total_bytes', unit: 'bytes' },
  },
  { collector: 'memory', metric: 'swap_usage_percent', title: 'Swap', unit: 'percent', colour: 'red', top: 100 },
];
