import { describe, expect, it } from 'vitest';
import { vitalsOf, type VitalQuery } from './vital-list.ts';

const pressures: Record<string, number> = { cpu_some_percent: 2, memory_some_percent: 0, io_some_percent: 9 };
const machine = (lacking: readonly string[], rest: Partial<VitalQuery> = {}) =>
  vitalsOf({
    isThere: (collector, metric) => !lacking.includes(collector) && !lacking.includes(metric),
    busiestDisk: 'nvme0n1',
    value: (_, { metric }) => pressures[metric] ?? null,
    ...rest,
  });
const keys = (vitals: ReturnType<typeof vitalsOf>) => vitals.map(({ key }) => key);

describe('vitalsOf', () => {
  it('is eight figures of a machine that has everything', () => {
    expect(keys(machine([]))).toEqual([
      'cpu-usage_percent',
      'cpu-load_1m',
      'memory-usage_percent',
      'network-recv_bytes_per_sec',
      'disk-utilization_percent',
      'pressure-some_percent',
      'perf-events-ipc_ratio',
      'memory-bandwidth-dram_total_bytes_per_sec',
    ]);
  });

  it('is still eight without a PMU and counters of the memory', () => {
    expect(keys(machine(['ipc_ratio', 'dram_total_bytes_per_sec'])).slice(6)).toEqual([
      'cpu-context_switches_per_sec',
      'memory-bandwidth-page_io_bytes_per_sec',
    ]);
  });

  it('shows the pressure that is highest, and of which disk it speaks', () => {
    const vitals = machine([]);
    expect(vitals.find(({ title }) => title === 'Pressure')).toMatchObject({ path: { metric: 'io_some_percent' }, note: 'I/O' });
    expect(vitals.find(({ title }) => title === 'Disk busy')?.note).toBe('nvme0n1');
  });

  it('leaves out what a machine does not have', () => {
    expect(keys(machine(['pressure', 'memory-bandwidth', 'network', 'perf-events', 'disk'], { busiestDisk: null }))).toEqual([
      'cpu-usage_percent',
      'cpu-load_1m',
      'memory-usage_percent',
      'cpu-context_switches_per_sec',
    ]);
  });
});
