import { expect, it } from 'vitest';
import { catalogOf } from './collector-catalog.ts';
import { defineCollector } from './define-collector.ts';

it('says of a machine what it lacks and where it has the rest from, by path', () => {
  const read = { title: 'Read', unit: 'bytes_per_sec', kind: 'rate', source: 'the hardware' } as const;
  const { collector } = defineCollector({
    name: 'memory-bandwidth',
    title: 'Memory bandwidth',
    metrics: { dram_read_bytes_per_sec: read, swap_io_bytes_per_sec: read },
    dimensions: { node: { title: 'Node', metrics: { dram_read_bytes_per_sec: read } } },
    open: () => ({ read: () => ({ metrics: {} }) }),
  });
  const { metrics, dimensions } = catalogOf(collector, {
    host: 'web-1',
    ts: '2026-11-24T00:00:00.000Z',
    unavailable: { swap_io_bytes_per_sec: 'No swap' },
    sources: { dram_read_bytes_per_sec: 'uncore_imc_0', 'node.dram_read_bytes_per_sec': 'resctrl' },
  });
  expect(metrics).toEqual({
    dram_read_bytes_per_sec: { ...read, source: 'uncore_imc_0', unavailable: null },
    swap_io_bytes_per_sec: { ...read, unavailable: 'No swap' },
  });
  expect(dimensions?.['node']?.metrics['dram_read_bytes_per_sec']).toEqual({ ...read, source: 'resctrl', unavailable: null });
});
