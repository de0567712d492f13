import { describe, expect, it } from 'vitest';
import { metricAt, type MetricPath } from '@perfwatch/contract';
import { describeCollector } from '../catalog/describe.ts';
import { dramChart, NODE_COLUMNS, sourceText } from './bandwidth-charts.ts';
import { cellOf, columnsThere, type Column } from './columns.ts';
import { FILESYSTEM_COLUMNS } from './disk-charts.ts';
import { absences } from './generic-charts.ts';
import { goldenTicks, type GoldenTick } from './golden-ticks.ts';
import { inInstanceOrder } from './instance-order.ts';
import { INTERFACE_COLUMNS, interfacesIn } from './network-charts.ts';
import { CORE_RATIO_COLUMNS, missChart } from './perf-charts.ts';
import { eventRows, hasHardware, isThere } from './perf-rows.ts';

const GOLDEN = import.meta.glob<string>('../../../../services/collectors/*/src/golden/*.txt', {
  query: '?raw',
  import: 'default',
  eager: true,
});

function lastTick(collector: string, machine: string): GoldenTick {
  const text = GOLDEN[`../../../../services/collectors/${collector}/src/golden/${machine}.txt`];
  const tick = text === undefined ? undefined : goldenTicks(text).at(-1);
  if (tick === undefined) throw new Error(`${collector} has no golden file of ${machine}`);
  return tick;
}

const reader = ({ sample }: GoldenTick) => {
  return (path: MetricPath) => metricAt(sample.metrics, path) ?? null;
};

function cell(tick: GoldenTick, { name, instance, column }: { name: string; instance: string; column: Column | undefined }) {
  const dimension = tick.info.dimensions.find((candidate) => candidate.name === name);
  if (dimension === undefined || column === undefined) throw new Error(`No such table as ${name}`);
  return cellOf(column, { dimension, instance, sampleReason: null, read: reader(tick) });
}

const column = (columns: readonly Column[], title: string) => columns.find((candidate) => candidate.title === title);

describe('the table of interfaces', () => {
  const laptop = lastTick('network', 'laptop');

  it('adds up the drops of both ways, and is red where there are any', () => {
    const drops = column(INTERFACE_COLUMNS, 'Drops');
    expect(cell(laptop, { name: 'interface', instance: 'wlp2s0', column: drops })).toMatchObject({ value: 1, tone: 'bad' });
    expect(cell(laptop, { name: 'interface', instance: 'lo', column: drops })).toMatchObject({ value: 0, tone: 'plain' });
  });

  it('does not take an interface that has no rate yet for one without drops', () => {
    const drops = column(INTERFACE_COLUMNS, 'Drops');
    expect(cell(laptop, { name: 'interface', instance: 'wg0', column: drops })).toMatchObject({ value: null, tone: 'plain' });
  });

  it('says up and down in words', () => {
    const state = column(INTERFACE_COLUMNS, 'State');
    expect(cell(laptop, { name: 'interface', instance: 'enp0s31f6', column: state }).word).toBe('down');
    expect(cell(laptop, { name: 'interface', instance: 'wlp2s0', column: state }).word).toBe('up');
  });
});

describe('interfacesIn', () => {
  it('finds the names that the totals are of, and none where the source names none', () => {
    expect(interfacesIn('eth0, eth1: physical interfaces of /proc/net/dev')).toBe('eth0, eth1');
    expect(interfacesIn('/proc/net/dev, proc_net(5)')).toBe('');
    expect(interfacesIn(null)).toBe('');
  });
});

describe('the table of file systems', () => {
  const laptop = lastTick('disk', 'laptop');

  it('is red for one that is full, and says how much of how much', () => {
    expect(cell(laptop, { name: 'filesystem', instance: '/srv/VM images', column: column(FILESYSTEM_COLUMNS, 'Full') })).toMatchObject({
      tone: 'bad',
      barPercent: 100,
    });
    expect(cell(laptop, { name: 'filesystem', instance: '/', column: column(FILESYSTEM_COLUMNS, 'Used') }).of).toBe('of 475 GiB');
  });

  it('has a dash with a reason where a file system has no fixed number of inodes', () => {
    const inodes = cell(laptop, { name: 'filesystem', instance: '/', column: column(FILESYSTEM_COLUMNS, 'Inodes') });
    expect(inodes.value).toBeNull();
    expect(inodes.reason).not.toBe('');
  });
});

describe('a machine with NUMA nodes', () => {
  const server = lastTick('memory-bandwidth', 'server-128-cpus');

  it('shows its DRAM both ways, and a node that was just found without rates', () => {
    expect(dramChart((name) => isThere(server.info, name))?.series.map(({ title }) => title)).toEqual(['DRAM read', 'write']);
    expect(cell(server, { name: 'node', instance: '0', column: column(NODE_COLUMNS, 'Miss') })).toMatchObject({ value: 120, tone: 'warn' });
    expect(cell(server, { name: 'node', instance: '1', column: column(NODE_COLUMNS, 'Hit') }).value).toBeNull();
  });

  it('has no chart of DRAM where nothing counts it', () => {
    const arm = lastTick('memory-bandwidth', 'arm64-64k-pages');
    expect(dramChart((name) => isThere(arm.info, name))).toBeNull();
    expect(arm.info.metrics.find(({ name }) => name === 'dram_total_bytes_per_sec')?.unavailable).toMatch(/\w/);
  });

  it('draws the sum where the machine does not tell reads from writes', () => {
    expect(dramChart((name) => name === 'dram_total_bytes_per_sec')?.series).toHaveLength(1);
    expect(sourceText('resctrl')).toBe('from resctrl');
  });
});

describe('a machine of 128 CPUs', () => {
  const server = lastTick('cpu', 'server-128-cpus');
  const cores = Object.keys(server.sample.metrics['core'] ?? {});

  it('gives its busiest cores first, those without a value last', () => {
    const read = reader(server);
    const usage = (instance: string) => read({ dimension: 'core', instance, metric: 'usage_percent' });
    const ordered = inInstanceOrder(cores, { filter: '', by: usage, isDescending: true });
    const values = ordered.map(usage);
    const known = values.filter((value) => value !== null);
    expect(ordered).toHaveLength(cores.length);
    expect(cores.length).toBeGreaterThan(100);
    expect(known).toEqual(known.toSorted((a, b) => b - a));
    expect(values.slice(known.length).every((value) => value === null)).toBe(true);
  });
});

describe('the counters of a machine with a PMU', () => {
  const server = lastTick('perf-events', 'server-128-cpus');
  const rows = eventRows({ info: server.info, sampleReason: null, read: reader(server) });

  it('has a row for every event, and what the PMU lacks says why', () => {
    expect(hasHardware(server.info)).toBe(true);
    expect(rows.map(({ title }) => title)).toEqual(expect.arrayContaining(['cycles', 'L1D loads', 'page faults']));
    const lacking = server.info.metrics.find(({ name }) => name === 'llc_loads_per_sec');
    expect(rows.find(({ title }) => title === 'LLC loads')).toMatchObject({
      perSec: null,
      countedPercent: null,
      reason: lacking?.unavailable,
    });
  });

  it('leaves out the lines and columns it cannot fill', () => {
    const misses = missChart((name) => isThere(server.info, name));
    expect(misses?.series.map(({ title }) => title)).toEqual(['branch', 'L1D', 'dTLB', 'iTLB']);
    const core = server.info.dimensions.find(({ name }) => name === 'core');
    const titles = core === undefined ? [] : columnsThere(CORE_RATIO_COLUMNS, core).map(({ title }) => title);
    expect(titles).toContain('IPC');
    expect(titles).not.toContain('LLC miss');
  });

  it('relates the events of the processor to its instructions, and fades what was rarely counted', () => {
    const { sample, info } = server;
    const group = { core: { running_percent: 100 }, l1d: { running_percent: 30 } };
    const metrics = { ...sample.metrics, instructions_per_sec: 2000, l1d_loads_per_sec: 500, group };
    const [l1d] = eventRows({ info, sampleReason: null, read: (path) => metricAt(metrics, path) ?? null }).filter(
      ({ title }) => title === 'L1D loads',
    );
    expect(l1d).toMatchObject({ perKilo: 250, countedPercent: 30 });
    expect(l1d?.opacity).toBeLessThan(0.7);
  });
});

describe('the counters of an Arm board', () => {
  it('are read under their names', () => {
    const arm = lastTick('perf-events', 'arm64-64k-pages');
    const rows = eventRows({ info: arm.info, sampleReason: null, read: reader(arm) });
    expect(hasHardware(arm.info)).toBe(true);
    expect(rows.length).toBeGreaterThan(4);
  });
});

describe('the counters of a machine without a PMU', () => {
  const vm = lastTick('perf-events', 'vm-no-swap');

  it('are those of the kernel, and the cause is said once for all that is missing', () => {
    expect(hasHardware(vm.info)).toBe(false);
    const rows = eventRows({ info: vm.info, sampleReason: null, read: reader(vm) });
    expect(rows.map(({ title }) => title)).toEqual(['context switches', 'CPU migrations', 'page faults', 'CPU clock, ms']);
    const [most] = absences(vm.info).toSorted((a, b) => b.titles.length - a.titles.length);
    expect(most?.titles.length).toBeGreaterThan(10);
    expect(missChart((name) => isThere(vm.info, name))).toBeNull();
  });
});

describe('a collector that has sent nothing', () => {
  it('has no rows at all', () => {
    const info = describeCollector('perf-events', null, null);
    expect(eventRows({ info, sampleReason: null, read: () => null })).toEqual([]);
  });
});
