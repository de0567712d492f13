import { describe, expect, it } from 'vitest';
import { coverageOf, describeWindow, judgeWindows, unite, type Coverage } from './compare-coverage.ts';
import type { CompareWindows } from './compare-windows.ts';
import { HOUR_MS } from './durations.ts';

const range = { startMs: 0, endMs: HOUR_MS };
const every = (stepMs: number, count: number, fromMs = 0) => Float64Array.from({ length: count }, (_, index) => fromMs + index * stepMs);
const seconds = (coverage: Coverage) => coverage.reduce((sum, { startMs, endMs }) => sum + (endMs - startMs) / 1000, 0);
const cover = (starts: Float64Array, intervalMs: number | null = 1000) => coverageOf({ range, starts, stepMs: 5000, intervalMs });

describe('coverageOf', () => {
  it('is the window where each step has Samples, and the part of it where some have not', () => {
    expect(cover(every(5000, 720))).toEqual([range]);
    expect(seconds(cover(every(5000, 120)))).toBe(600);
    expect(cover(new Float64Array())).toEqual([]);
  });

  it('has no gaps where Samples are rarer than steps', () => {
    expect(cover(every(30_000, 120), 30_000)).toEqual([range]);
    expect(cover(every(300_000, 12), 300_000)).toEqual([range]);
    expect(seconds(cover(every(300_000, 12), null)), 'a gap of minutes is one unless the collector says otherwise').toBe(720);
  });

  it('ends where the window does, whatever the steps are aligned to', () => {
    const hours = { startMs: 1000, endMs: 2 * HOUR_MS - 1000 };
    expect(coverageOf({ range: hours, starts: every(HOUR_MS, 2), stepMs: HOUR_MS, intervalMs: null })).toEqual([hours]);
  });
});

describe('unite', () => {
  it('counts no time twice', () => {
    const coverage = unite([
      [
        { startMs: 5, endMs: 10 },
        { startMs: 20, endMs: 30 },
      ],
      [
        { startMs: 0, endMs: 6 },
        { startMs: 25, endMs: 27 },
      ],
    ]);
    expect(coverage).toEqual([
      { startMs: 0, endMs: 10 },
      { startMs: 20, endMs: 30 },
    ]);
    expect(unite([])).toEqual([]);
  });
});

describe('describeWindow', () => {
  it('tells the window, its length and how much of it is covered', () => {
    expect(describeWindow(range, [{ startMs: 0, endMs: HOUR_MS / 3 }])).toEqual({
      start_time: '1970-01-01T00:00:00.000Z',
      end_time: '1970-01-01T01:00:00.000Z',
      seconds: 3600,
      covered_seconds: 1200,
      coverage_percent: 33.33,
    });
  });
});

describe('judgeWindows', () => {
  const windows: CompareWindows = { first: { startMs: 7 * HOUR_MS, endMs: 8 * HOUR_MS }, second: range };
  const share = (part: number) => ({
    first: [{ startMs: 7 * HOUR_MS, endMs: 8 * HOUR_MS }],
    second: part === 0 ? [] : [{ startMs: 0, endMs: part * HOUR_MS }],
  });
  const judge = (changes: Partial<CompareWindows>, part: number, collectors: Record<string, number> = {}) =>
    judgeWindows({ ...windows, ...changes }, share(part), new Map(Object.entries(collectors).map(([name, of]) => [name, share(of)])));

  it('has nothing to say of windows that differ by a tenth or less', () => {
    expect(judge({}, 1)).toEqual({ isComparable: true, note: null });
    expect(judge({}, 0.9)).toEqual({ isComparable: true, note: null });
  });

  it('compares no hour with ten minutes', () => {
    expect(judge({}, 1 / 6)).toEqual({ isComparable: false, note: 'There are Samples for 100 % of window 1 and 16.7 % of window 2.' });
    expect(judge({ second: { startMs: 0, endMs: 600_000 } }, 1 / 6)).toEqual({
      isComparable: false,
      note: 'Window 1 is 1 h long, window 2 10 min.',
    });
  });

  it('says when there is nothing at all', () => {
    const nothing = { first: [], second: [] };
    expect(judgeWindows(windows, nothing, new Map())).toEqual({ isComparable: false, note: 'Neither window has any Samples.' });
    expect(judge({}, 0)).toEqual({ isComparable: false, note: 'There are Samples for 100 % of window 1 and 0 % of window 2.' });
  });

  it('names the collectors that were there for one window only, and time that both have', () => {
    expect(judge({}, 1, { cpu: 1, gpu: 0.25 })).toEqual({
      isComparable: true,
      note: 'Not every collector covers both alike: gpu 100 % of window 1 and 25 % of window 2.',
    });
    const many = Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`c${index}`, 0.5]));
    expect(judge({}, 1, many).note).toMatch(/c4 [^;]*; and 2 more\.$/);
    const late = { startMs: 0, endMs: HOUR_MS };
    expect(
      judgeWindows(
        { first: late, second: { startMs: -HOUR_MS / 2, endMs: HOUR_MS / 2 } },
        { first: [late], second: [{ startMs: -HOUR_MS / 2, endMs: HOUR_MS / 2 }] },
        new Map(),
      ),
    ).toEqual({
      isComparable: true,
      note: 'The windows have 30 min in common, which hides part of a change.',
    });
  });
});
