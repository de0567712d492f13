import type { CompareQuery } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { haveSameTimesOfDay, overlapMs, parseWindows } from './compare-windows.ts';

const NOW = Date.parse('2026-11-23T19:20:31.250Z');
const times = ({ first, second }: ReturnType<typeof parseWindows>) =>
  [first.startMs, first.endMs, second.startMs, second.endMs].map((ms) => new Date(ms).toISOString().replace(':00.000Z', ''));
const parse = (query: CompareQuery) => parseWindows(query, NOW);
const custom = {
  start_time_1: '2026-11-23T10:00:00Z',
  end_time_1: '2026-11-23T11:00:00Z',
  start_time_2: '2026-11-22T10:00:00Z',
  end_time_2: '2026-11-22T10:30:00Z',
};

describe('parseWindows', () => {
  it.each<[CompareQuery, string[]]>([
    [{ period: 'day' }, ['2026-11-22T19:20', '2026-11-23T19:20', '2026-11-21T19:20', '2026-11-22T19:20']],
    [{ period: 'day', compare_to: 'yesterday' }, ['2026-11-22T19:20', '2026-11-23T19:20', '2026-11-21T19:20', '2026-11-22T19:20']],
    [{ period: 'day', compare_to: 'last_week' }, ['2026-11-22T19:20', '2026-11-23T19:20', '2026-11-15T19:20', '2026-11-16T19:20']],
    [{ period: 'week', compare_to: 'previous' }, ['2026-11-16T19:00', '2026-11-23T19:00', '2026-11-09T19:00', '2026-11-16T19:00']],
    [{ period: 'week', compare_to: 'yesterday' }, ['2026-11-16T19:00', '2026-11-23T19:00', '2026-11-15T19:00', '2026-11-22T19:00']],
    [custom, ['2026-11-23T10:00', '2026-11-23T11:00', '2026-11-22T10:00', '2026-11-22T10:30']],
  ])('reads %o', (query, expected) => {
    expect(times(parse(query))).toEqual(expected);
  });

  it('ends an hour at the newest whole 5 s, so that both windows have the same offsets', () => {
    expect(parse({ period: 'hour' })).toEqual({
      first: { startMs: Date.parse('2026-11-23T18:20:30Z'), endMs: Date.parse('2026-11-23T19:20:30Z') },
      second: { startMs: Date.parse('2026-11-23T17:20:30Z'), endMs: Date.parse('2026-11-23T18:20:30Z') },
    });
  });

  it.each<[string, CompareQuery, string[]]>([
    ['nothing', {}, ['period']],
    ['compare_to alone', { compare_to: 'yesterday' }, ['compare_to']],
    ['period together with times', { ...custom, period: 'day' }, ['start_time_1', 'end_time_1', 'start_time_2', 'end_time_2']],
    ['compare_to together with times', { ...custom, compare_to: 'previous' }, ['compare_to']],
    ['a window without an end', { ...custom, end_time_2: undefined }, ['end_time_2']],
    ['a single time', { start_time_1: custom.start_time_1 }, ['end_time_1', 'start_time_2', 'end_time_2']],
    ['an empty window', { ...custom, end_time_1: custom.start_time_1 }, ['start_time_1']],
    [
      'two reversed windows',
      { ...custom, start_time_1: '2027-01-01T00:00:00Z', end_time_2: '2020-01-01T00:00:00Z' },
      ['start_time_1', 'start_time_2'],
    ],
    ['a time that is none', { ...custom, start_time_2: '2026-11-23T99:00:00Z' }, ['start_time_2']],
  ])('refuses %s and names what is wrong', (_, query, paths) => {
    expect(() => parse(query)).toThrow(
      expect.objectContaining({ code: 'bad_input', issues: paths.map((path) => ({ path, message: expect.any(String) })) }),
    );
  });
});

describe('what two windows have in common', () => {
  it('is time where they overlap', () => {
    expect(overlapMs(parse({ period: 'week', compare_to: 'yesterday' }))).toBe(6 * 86_400_000);
    expect(overlapMs(parse({ period: 'week' }))).toBe(0);
    expect(overlapMs(parse(custom))).toBe(0);
  });

  it('is the time of day where whole days lie between windows of one length', () => {
    expect(haveSameTimesOfDay(parse({ period: 'week' }))).toBe(true);
    expect(haveSameTimesOfDay(parse({ period: 'hour', compare_to: 'yesterday' }))).toBe(true);
    expect(haveSameTimesOfDay(parse({ period: 'hour' }))).toBe(false);
    expect(haveSameTimesOfDay(parse(custom))).toBe(false);
  });
});
