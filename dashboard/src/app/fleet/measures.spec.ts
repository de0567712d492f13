import { describe, expect, it } from 'vitest';
import { FLEET_COLLECTORS, MEASURES, measureOf } from './measures.ts';

describe('measures', () => {
  it('adds both directions of the network, and knows nothing where one is not known', () => {
    expect(MEASURES.network.read({ recv_bytes_per_sec: 2, sent_bytes_per_sec: 3 })).toBe(5);
    expect(MEASURES.network.read({ recv_bytes_per_sec: 2, sent_bytes_per_sec: null })).toBeNull();
  });

  it('takes the busiest disk that is known', () => {
    const device = { vda: { utilization_percent: 3 }, vdb: { utilization_percent: null }, vdc: { utilization_percent: 9 } };
    expect(MEASURES.disk.read({ device })).toBe(9);
    expect(MEASURES.disk.read({ device: {} })).toBeNull();
    expect(MEASURES.disk.read({})).toBeNull();
  });

  it('takes the worst pressure', () => {
    expect(MEASURES.pressure.read({ cpu_some_percent: 1, memory_some_percent: 0, io_some_percent: 7 })).toBe(7);
  });

  it('has one measure for each collector that is asked for', () => {
    expect(FLEET_COLLECTORS.map((collector) => measureOf(collector)?.key)).toEqual(['cpu', 'memory', 'network', 'disk', 'pressure', 'ipc']);
    expect(measureOf('queue')).toBeNull();
  });
});
