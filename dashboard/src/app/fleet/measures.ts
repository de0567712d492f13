import type { Metrics, MetricValue, Unit } from '@perfwatch/contract';
import type { SeriesColour } from '../theme/chart-theme.ts';

/** What is shown of every host, in this order. */
export const MEASURE_KEYS = ['cpu', 'memory', 'network', 'disk', 'pressure', 'ipc'] as const;
export type MeasureKey = (typeof MEASURE_KEYS)[number];

/** One figure of a host, and how it is taken from a collector's Sample. */
export interface Measure {
  key: MeasureKey;
  title: string;
  /** What it is, in full. */
  about: string;
  collector: string;
  /** What `read` needs, as history is asked for it. */
  fields: readonly string[];
  unit: Unit;
  colour: SeriesColour;
  /** The value at the top of its sparkline; null for the highest shown. */
  top: number | null;
  /** Null where it is not known. */
  read: (metrics: Metrics) => MetricValue;
}

const plain = (metrics: Metrics, name: string): MetricValue => {
  const value = metrics[name];
  return typeof value === 'number' ? value : null;
};

/** Both directions; null where either is not known. */
function traffic(metrics: Metrics): MetricValue {
  const [received, sent] = [plain(metrics, 'recv_bytes_per_sec'), plain(metrics, 'sent_bytes_per_sec')];
  return received === null || sent === null ? null : received + sent;
}

const highest = (values: readonly MetricValue[]): MetricValue => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
};

function busiestDevice(metrics: Metrics): MetricValue {
  const devices = metrics['device'];
  if (devices === null || devices === undefined || typeof devices === 'number') return null;
  return highest(Object.values(devices).map(({ utilization_percent: busy }) => busy ?? null));
}

const PRESSURES = ['cpu_some_percent', 'memory_some_percent', 'io_some_percent'];

export const MEASURES: Readonly<Record<MeasureKey, Measure>> = {
  cpu: {
    key: 'cpu',
    title: 'CPU',
    about: 'CPU time in use',
    collector: 'cpu',
    fields: ['usage_percent'],
    unit: 'percent',
    colour: 'blue',
    top: 100,
    read: (metrics) => plain(metrics, 'usage_percent'),
  },
  memory: {
    key: 'memory',
    title: 'Memory',
    about: 'Memory in use',
    collector: 'memory',
    fields: ['usage_percent'],
    unit: 'percent',
    colour: 'green',
    top: 100,
    read: (metrics) => plain(metrics, 'usage_percent'),
  },
  network: {
    key: 'network',
    title: 'Network',
    about: 'Received and sent, all interfaces',
    collector: 'network',
    fields: ['recv_bytes_per_sec', 'sent_bytes_per_sec'],
    unit: 'bytes_per_sec',
    colour: 'cyan',
    top: null,
    read: traffic,
  },
  disk: {
    key: 'disk',
    title: 'Disk',
    about: 'Time that the busiest disk was busy',
    collector: 'disk',
    fields: ['device.utilization_percent'],
    unit: 'percent',
    colour: 'amber',
    top: 100,
    read: busiestDevice,
  },
  pressure: {
    key: 'pressure',
    title: 'Pressure',
    about: 'Time that work waited for CPU, memory or I/O, whichever was most',
    collector: 'pressure',
    fields: PRESSURES,
    unit: 'percent',
    colour: 'red',
    top: 100,
    read: (metrics) => highest(PRESSURES.map((name) => plain(metrics, name))),
  },
  ipc: {
    key: 'ipc',
    title: 'IPC',
    about: 'Instructions per cycle',
    collector: 'perf-events',
    fields: ['ipc_ratio'],
    unit: 'ratio',
    colour: 'pink',
    top: null,
    read: (metrics) => plain(metrics, 'ipc_ratio'),
  },
};

export const FLEET_MEASURES: readonly Measure[] = MEASURE_KEYS.map((key) => MEASURES[key]);
export const FLEET_COLLECTORS: readonly string[] = FLEET_MEASURES.map(({ collector }) => collector);

/** The measure a collector brings; null for a collector that is not drawn. */
export function measureOf(collector: string): Measure | null {
  return FLEET_MEASURES.find((measure) => measure.collector === collector) ?? null;
}
