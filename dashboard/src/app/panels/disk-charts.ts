import type { ChartSeries, ChartSpec } from '../charts/chart-spec.ts';
import { middleCut } from '../format/format.ts';
import type { SeriesColour } from '../theme/chart-theme.ts';
import { fullTone, type Column } from './columns.ts';

export const DISK_THROUGHPUT: ChartSpec = {
  collector: 'disk',
  unit: 'bytes_per_sec',
  stacked: false,
  label: 'Bytes read and written per second, all physical disks',
  series: [
    { path: { metric: 'read_bytes_per_sec' }, title: 'read', colour: 'green' },
    { path: { metric: 'write_bytes_per_sec' }, title: 'write', colour: 'amber' },
  ],
};

export const DISK_OPERATIONS: ChartSpec = {
  collector: 'disk',
  unit: 'per_sec',
  stacked: false,
  label: 'Reads and writes per second, all physical disks',
  series: [
    { path: { metric: 'read_ops_per_sec' }, title: 'reads', colour: 'green' },
    { path: { metric: 'write_ops_per_sec' }, title: 'writes', colour: 'amber' },
  ],
};

const LONGEST_NAME = 20;
/** One colour each; none is that of reads or writes, nor one that asks to be looked at. */
const DEVICE_COLOURS: readonly SeriesColour[] = ['blue', 'violet', 'cyan', 'lime'];
/** Devices or mounts that can be told apart on a small chart. */
export const MOST_LINES = DEVICE_COLOURS.length;

const ofDevice = (instance: string, metric: string) => ({ dimension: 'device', instance, metric });

/** How long the busiest device took to answer; null where there is no device. */
export function latencyChart(device: string | undefined): ChartSpec | null {
  if (device === undefined) return null;
  return {
    collector: 'disk',
    unit: 'ms',
    stacked: false,
    label: `Mean time that reads and writes of ${device} took`,
    series: [
      { path: ofDevice(device, 'read_latency_ms'), title: 'reads', colour: 'green' },
      { path: ofDevice(device, 'write_latency_ms'), title: 'writes', colour: 'amber' },
    ],
  };
}

/** How busy each of the busiest devices is; null where there is none. */
export function busyChart(devices: readonly string[]): ChartSpec | null {
  if (devices.length === 0) return null;
  const series = devices.slice(0, MOST_LINES).map((device, index): ChartSeries => ({
    path: ofDevice(device, 'utilization_percent'),
    title: middleCut(device, LONGEST_NAME),
    colour: DEVICE_COLOURS[index] ?? 'grey',
    help: device,
  }));
  return { collector: 'disk', unit: 'percent', stacked: false, label: 'Time that the busiest devices had requests', series };
}

/** How full the fullest file systems are, by where they are mounted; null where there is none. */
export function fullChart(mounts: readonly string[]): ChartSpec | null {
  if (mounts.length === 0) return null;
  const series = mounts.slice(0, MOST_LINES).map((mount, index): ChartSeries => ({
    path: { dimension: 'filesystem', instance: mount, metric: 'used_percent' },
    title: middleCut(mount, LONGEST_NAME),
    colour: DEVICE_COLOURS[index] ?? 'grey',
    help: mount,
  }));
  return { collector: 'disk', unit: 'percent', stacked: false, label: 'How full the fullest file systems are', series };
}

export const DEVICE_COLUMNS: readonly Column[] = [
  { metrics: ['utilization_percent'], title: 'Busy', look: 'bar' },
  { metrics: ['read_bytes_per_sec'], title: 'Read', look: 'figure' },
  { metrics: ['write_bytes_per_sec'], title: 'Written', look: 'figure' },
  { metrics: ['read_ops_per_sec'], title: 'Reads', look: 'figure', isWide: true },
  { metrics: ['write_ops_per_sec'], title: 'Writes', look: 'figure', isWide: true },
  { metrics: ['read_latency_ms'], title: 'Read latency', look: 'figure' },
  { metrics: ['write_latency_ms'], title: 'Write latency', look: 'figure' },
  { metrics: ['queue_depth_count'], title: 'Queue', look: 'figure', isWide: true },
];

export const FILESYSTEM_COLUMNS: readonly Column[] = [
  { metrics: ['used_percent'], title: 'Full', look: 'bar', toneOf: fullTone },
  { metrics: ['used_bytes'], title: 'Used', look: 'figure', of: 'total_bytes', isWide: true },
  { metrics: ['available_bytes'], title: 'Available', look: 'figure' },
  { metrics: ['inodes_used_percent'], title: 'Inodes', look: 'figure', toneOf: fullTone },
];
