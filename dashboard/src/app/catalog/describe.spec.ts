import type { Catalog } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { chartGroups, describeCollector, isSameInfo, nullReason, titleOf } from './describe.ts';

const catalog: Catalog = {
  host: 'web-1',
  collector: 'mail',
  ts: '2026-11-23T19:20:31.000Z',
  title: 'Mail queue',
  metrics: {
    waiting_count: { title: 'Waiting', unit: 'count', kind: 'gauge' },
    rtt_ms: { title: 'Round trip', unit: 'ms', kind: 'gauge', unavailable: 'No relay is configured' },
  },
  dimensions: { route: { title: 'Route', metrics: { sent_bytes_per_sec: { title: 'Sent', unit: 'bytes_per_sec', kind: 'rate' } } } },
};

describe('describeCollector', () => {
  it('reads titles, units and reasons from the catalog', () => {
    const info = describeCollector('mail', catalog, null);
    expect(info.title).toBe('Mail queue');
    expect(info.metrics.map(({ title, unit, unavailable }) => [title, unit, unavailable])).toEqual([
      ['Waiting', 'count', null],
      ['Round trip', 'ms', 'No relay is configured'],
    ]);
    expect(info.dimensions[0]?.metrics[0]?.unit).toBe('bytes_per_sec');
  });

  it('draws a collector without a catalog from the names in its samples', () => {
    const info = describeCollector('gpu', null, { busy_percent: 4, card: { '0': { memory_bytes: 1 } } });
    expect(info.title).toBe('Gpu');
    expect(info.metrics).toMatchObject([{ name: 'busy_percent', title: 'Busy', unit: 'percent' }]);
    expect(info.dimensions).toMatchObject([{ name: 'card', title: 'Card', metrics: [{ title: 'Memory', unit: 'bytes' }] }]);
  });

  it('adds what a sample has beyond its catalog', () => {
    const info = describeCollector('mail', catalog, { waiting_count: 1, lost_per_sec: 0 });
    expect(info.metrics.map(({ name }) => name)).toEqual(['waiting_count', 'rtt_ms', 'lost_per_sec']);
  });

  it('is the same for the next sample of the same shape', () => {
    expect(isSameInfo(describeCollector('mail', catalog, { a_count: 1 }), describeCollector('mail', catalog, { a_count: 2 }))).toBe(true);
  });
});

describe('titleOf', () => {
  it.each([
    ['read_bytes_per_sec', 'Read'],
    ['load_1m', 'Load 1m'],
    ['memory-bandwidth', 'Memory bandwidth'],
    ['_ms', '_ms'],
  ])('%s is %s', (name, title) => {
    expect(titleOf(name)).toBe(title);
  });
});

describe('chartGroups', () => {
  it('puts one unit on one chart, leaves out what is not there, and splits what cannot be told apart', () => {
    const names = Array.from({ length: 10 }, (_, index) => `m${index}_per_sec`);
    const info = describeCollector('x', catalog, Object.fromEntries(names.map((name) => [name, 1])));
    expect(chartGroups(info.metrics).map(({ unit, metrics }) => [unit, metrics.length])).toEqual([
      ['count', 1],
      ['per_sec', 5],
      ['per_sec', 5],
    ]);
  });
});

describe('nullReason', () => {
  it("prefers the catalog's reason to the sample's", () => {
    const [, metric] = describeCollector('mail', catalog, null).metrics;
    expect(nullReason({ metric, sampleReason: 'partial' })).toBe('No relay is configured');
    expect(nullReason({ metric: undefined, sampleReason: 'partial' })).toBe('partial');
    expect(nullReason({ metric: undefined, sampleReason: null })).toMatch(/first sample/);
  });
});
