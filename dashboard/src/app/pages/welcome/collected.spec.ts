import type { CatalogEntry } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { collectedOf } from './collected.ts';

const metric = (title: string, unavailable?: string) =>
  ({ title, unit: 'count', kind: 'gauge', ...(unavailable === undefined ? {} : { unavailable }) }) as const;
const entry = (more: Partial<CatalogEntry>): CatalogEntry => ({
  host: 'web-1',
  collector: 'cpu',
  ts: '2026-11-23T20:00:00.000Z',
  title: 'CPU',
  metrics: {},
  instances: {},
  status: 'ok',
  reason: null,
  ...more,
});

describe('collectedOf', () => {
  it('counts what a machine has of what a collector can tell', () => {
    const [cpu] = collectedOf([
      entry({
        metrics: { load_1m: metric('Load'), temperature_celsius: metric('Temperature', 'no sensor') },
        dimensions: { core: { title: 'Core', metrics: { busy_percent: metric('Busy') } } },
      }),
    ]);
    expect(cpu).toMatchObject({ known: 2, all: 3, state: 'running', reason: '' });
  });

  it('gathers what is missing for the same reason', () => {
    const [cpu] = collectedOf([
      entry({
        metrics: { a_count: metric('A', 'no PMU'), b_count: metric('B', 'no driver'), c_count: metric('C', 'no PMU') },
        dimensions: { core: { title: 'Core', unavailable: 'no PMU', metrics: { d_count: metric('D') } } },
      }),
    ]);
    expect(cpu?.missing).toEqual([
      { reason: 'no PMU', titles: ['A', 'C', 'Core: D'] },
      { reason: 'no driver', titles: ['B'] },
    ]);
  });

  it('says why a collector does not run', () => {
    const [cpu] = collectedOf([entry({ status: 'unavailable', reason: 'PSI is off' })]);
    expect(cpu).toMatchObject({ state: 'off', reason: 'PSI is off' });
  });

  it('tells what failed from what is off', () => {
    const collected = collectedOf([entry({ status: 'error', reason: 'cannot read' }), entry({ status: 'disabled' })]);
    expect(collected.map(({ state, reason }) => [state, reason])).toEqual([
      ['failing', 'cannot read'],
      ['off', 'disabled'],
    ]);
  });
});
