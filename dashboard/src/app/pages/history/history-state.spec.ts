import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_HOSTS, readState, STEPS, writeState, type HistoryState } from './history-state.ts';
import { formatEnd, parseEnd, resolveRange, typedMoment, type RangeEnd } from '../../format/range-text.ts';

const HOUR = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 25, 6, 30);
const utc = { zone: 'utc', nowMs: NOW_MS } as const;

const ends: fc.Arbitrary<RangeEnd> = fc.oneof(
  fc.integer({ min: 0, max: 4_000_000 }).map((seconds) => ({ kind: 'relative' as const, beforeMs: seconds * 1000 })),
  fc.integer({ min: 0, max: 4e12 }).map((timeMs) => ({ kind: 'absolute' as const, timeMs })),
);
const metric = fc.stringMatching(/^[a-z][a-z0-9_]{0,12}_percent$/);
const choices = fc.record({
  collector: fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/),
  metric,
  dimension: fc.constant('core'),
  instance: fc.option(fc.string({ minLength: 1, maxLength: 8 })),
});
const states: fc.Arbitrary<HistoryState> = fc.record({
  from: ends,
  to: ends,
  hosts: fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/), { maxLength: MOST_HOSTS }),
  metrics: fc.option(fc.uniqueArray(choices, { maxLength: 6, selector: (each) => JSON.stringify(each) })),
  step: fc.constantFrom(...STEPS),
  bands: fc.boolean(),
});

/** What a browser makes of a query and gives back. */
function throughAddress(query: ReturnType<typeof writeState>) {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) for (const each of [value ?? []].flat()) params.append(name, each);
  return new URLSearchParams(params.toString());
}

describe('the state in the address', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(readState(throughAddress(writeState(state)))).toEqual(state);
      }),
    );
  });

  it('is read from any address without a fault', () => {
    fc.assert(
      fc.property(fc.webQueryParameters(), fc.string(), (query, text) => {
        const state = readState(new URLSearchParams(`${query}&from=${text}&m=${text}&host=${text}`));
        expect(state.metrics).not.toBeNull();
      }),
    );
  });

  it('tells none chosen from nothing said', () => {
    expect(readState(new URLSearchParams('')).metrics).toBeNull();
    expect(readState(new URLSearchParams('m=')).metrics).toEqual([]);
  });
});

describe('parseEnd', () => {
  it.each([
    ['now', 0],
    ['now-6h', 6 * HOUR],
    [' NOW - 30 min ', HOUR / 2],
    ['now-2w', 14 * 24 * HOUR],
  ])('reads %s as so long ago', (text, beforeMs) => {
    expect(parseEnd(text, utc)).toEqual({ kind: 'relative', beforeMs });
  });

  it.each([
    ['2026-11-24 13:00', '2026-11-24T13:00:00Z'],
    ['2026-11-24', '2026-11-24T00:00:00Z'],
    ['2026-11-24T13:00:05.25Z', '2026-11-24T13:00:05.250Z'],
    ['2026-11-24 13:00 +02:00', '2026-11-24T11:00:00Z'],
    ['13:05', '2026-11-25T13:05:00Z'],
    ['yesterday', '2026-11-24T00:00:00Z'],
  ])('reads %s as a moment', (text, iso) => {
    expect(parseEnd(text, utc)).toEqual({ kind: 'absolute', timeMs: Date.parse(iso) });
  });

  it.each(['', 'soon', '2026-02-30', '2026-13-01', '2026-11-24 25:00', '24:61', 'now+1h', 'now-'])('does not read "%s"', (text) => {
    expect(parseEnd(text, utc)).toBeNull();
  });

  it('reads what a field shows, in either zone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e9 }), fc.constantFrom('local' as const, 'utc' as const), (seconds, zone) => {
        const timeMs = seconds * 1000;
        const read = parseEnd(typedMoment(timeMs, zone), { zone, nowMs: NOW_MS });
        expect(read?.kind === 'absolute' && typedMoment(read.timeMs, zone)).toBe(typedMoment(timeMs, zone));
      }),
    );
  });

  it('writes the largest unit that fits', () => {
    expect(formatEnd({ kind: 'relative', beforeMs: 36 * HOUR })).toBe('now-36h');
    expect(formatEnd({ kind: 'relative', beforeMs: 48 * HOUR })).toBe('now-2d');
  });
});

describe('resolveRange', () => {
  it('follows now, and never runs backward', () => {
    const hour: RangeEnd = { kind: 'relative', beforeMs: HOUR };
    const now: RangeEnd = { kind: 'relative', beforeMs: 0 };
    expect(resolveRange({ from: hour, to: now }, NOW_MS)).toEqual({ fromMs: NOW_MS - HOUR, toMs: NOW_MS });
    expect(resolveRange({ from: now, to: hour }, NOW_MS)).toEqual({ fromMs: NOW_MS - 2 * HOUR, toMs: NOW_MS - HOUR });
  });
});
