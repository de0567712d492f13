import type { CatalogEntry } from '@perfwatch/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choosableCollectors, findMetric, titleOfChoice } from './choosable.ts';
import { fieldOf, formatChoice, parseChoice, type MetricChoice } from './metric-choice.ts';
import { MOST_ROWS, pickerRows } from './picker-rows.ts';

const entry = (host: string, devices: string[], unavailable: string | null = null): CatalogEntry => ({
  host,
  collector: 'gpu',
  ts: '2026-11-24T13:00:00Z',
  title: 'Graphics',
  metrics: { power_watts: { title: 'Power', unit: 'watts', kind: 'gauge', unavailable } },
  dimensions: { device: { title: 'Device', metrics: { busy_percent: { title: 'Busy', unit: 'percent', kind: 'gauge' } } } },
  instances: { device: devices },
  status: 'ok',
  reason: null,
});
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/);
const choices: fc.Arbitrary<MetricChoice> = fc.oneof(
  fc.record({
    collector: fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/),
    metric: name,
    dimension: fc.constant(null),
    instance: fc.constant(null),
  }),
  fc.record({
    collector: fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/),
    metric: name,
    dimension: name,
    instance: fc.option(fc.string({ minLength: 1, unit: 'grapheme' })),
  }),
);
const rowsOf = (search: string, open: string[] = [], chosen: string[] = []) =>
  pickerRows(choosableCollectors([entry('a', ['card0', 'card1'])]), { search, open: new Set(open), chosen: new Set(chosen) }).rows;

describe('a choice as text', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(choices, (choice) => {
        expect(parseChoice(formatChoice(choice))).toEqual(choice);
      }),
    );
  });

  it('names all instances as a query does', () => {
    expect(fieldOf({ collector: 'cpu', metric: 'usage_percent', dimension: 'core', instance: null })).toBe('core.usage_percent');
  });

  it.each(['', 'cpu', 'cpu:', 'cpu:core.usage_percent{disk="0"}', 'cpu:a.b.c', 'cpu:usage_percent{core="0"}'])('is none: %s', (text) => {
    expect(parseChoice(text)).toBeNull();
  });
});

describe('choosableCollectors', () => {
  it('has what any host has', () => {
    const [gpu] = choosableCollectors([entry('a', ['card0'], 'no sensor'), entry('b', ['card1'])]);
    expect(gpu?.instances.get('device')).toEqual(['card0', 'card1']);
    expect(gpu?.metrics[0]?.unavailable).toBeNull();
  });

  it('finds what a choice is', () => {
    const collectors = choosableCollectors([entry('a', ['card0'])]);
    const choice = { collector: 'gpu', metric: 'busy_percent', dimension: 'device', instance: 'card0' };
    expect(findMetric(collectors, choice)?.metric.title).toBe('Busy');
    expect(findMetric(collectors, { ...choice, dimension: null })).toBeNull();
    expect(titleOfChoice(collectors, choice)).toBe('Graphics: Device: Busy card0');
    expect(titleOfChoice(collectors, { ...choice, metric: 'heat_celsius' })).toBe('gpu:device.heat_celsius{device="card0"}');
  });
});

describe('pickerRows', () => {
  it('shows collectors closed, and opens one', () => {
    expect(rowsOf('').map(({ title }) => title)).toEqual(['Graphics']);
    expect(rowsOf('', ['gpu']).map(({ title }) => title)).toEqual(['Graphics', 'Power', 'Device: Busy']);
    expect(rowsOf('', ['gpu', 'gpu:device.busy_percent']).map(({ title }) => title)).toContain('card1');
  });

  it('finds a metric by words of any part of its way, and an instance by its name', () => {
    expect(rowsOf('graph busy').map(({ title }) => title)).toEqual(['Graphics', 'Device: Busy']);
    expect(rowsOf('card1').map(({ title }) => title)).toEqual(['Graphics', 'Device: Busy', 'card1']);
    expect(rowsOf('nothing such')).toEqual([]);
  });

  it('marks what is chosen, also in its heading', () => {
    const rows = rowsOf('', ['gpu'], ['gpu:power_watts']);
    expect(rows[0]).toMatchObject({ chosenCount: 1 });
    expect(rows[1]).toMatchObject({ isChosen: true });
  });

  it('leaves out what would be too much, and says how much', () => {
    const many = choosableCollectors([
      entry(
        'a',
        Array.from({ length: 2 * MOST_ROWS }, (_, index) => `card${index}`),
      ),
    ]);
    const { rows, leftOut } = pickerRows(many, { search: 'card', open: new Set(), chosen: new Set() });
    expect(rows).toHaveLength(MOST_ROWS);
    expect(leftOut).toBe(MOST_ROWS + 2);
  });
});
