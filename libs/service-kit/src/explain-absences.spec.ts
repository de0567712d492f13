import { describe, expect, it } from 'vitest';
import type { CollectorReading } from './collector.ts';
import { defineCollector } from './define-collector.ts';
import { explainAbsences } from './explain-absences.ts';

const read = { title: 'Read', unit: 'bytes_per_sec', kind: 'rate' } as const;
const { collector } = defineCollector({
  name: 'disk',
  title: 'Disk',
  metrics: { read_bytes_per_sec: read, write_bytes_per_sec: read },
  dimensions: { device: { title: 'Device', metrics: { read_bytes_per_sec: read } } },
  open: () => ({ read: () => ({ metrics: {} }) }),
});
const explain = (reading: CollectorReading) => explainAbsences(collector, reading);

describe('explainAbsences', () => {
  it('gives the reason of a reading that has nothing for everything declared', () => {
    const reason = 'There is no /proc/diskstats';
    expect(explain({ metrics: {}, status: 'unavailable', reason })).toEqual({
      read_bytes_per_sec: reason,
      write_bytes_per_sec: reason,
      device: reason,
    });
  });

  it('leaves what is there, null or not, and what the reading explains itself', () => {
    const metrics = { read_bytes_per_sec: 1, write_bytes_per_sec: null };
    const unavailable = { device: 'None' };
    expect(explain({ metrics, status: 'partial', reason: 'why', unavailable })).toBe(unavailable);
    expect(explain({ metrics, status: 'partial', reason: 'why' })).toEqual({ device: 'why' });
  });

  it('explains nothing of its own where all is well', () => {
    expect(explain({ metrics: {} })).toEqual({});
  });

  it('cuts what a catalog has no room for', () => {
    expect(explain({ metrics: {}, status: 'unavailable', reason: 'x'.repeat(900) })['device']).toHaveLength(500);
  });
});
