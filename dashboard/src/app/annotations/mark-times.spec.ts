import { expect, it } from 'vitest';
import { markTimes } from './mark-times.ts';

const nowMs = Date.parse('2026-11-24T13:00:00Z');
const times = (time: string, until = '') => markTimes({ time, until }, { zone: 'utc', nowMs });

it('a mark without an end is a moment', () => {
  expect(times('2026-11-24 12:00:05')).toEqual({ tsMs: Date.parse('2026-11-24T12:00:05Z'), endMs: null });
  expect(times('now-5m', ' ')).toEqual({ tsMs: nowMs - 300_000, endMs: null });
});

it('a mark with an end is a stretch', () => {
  expect(times('12:00', 'now')).toEqual({ tsMs: Date.parse('2026-11-24T12:00:00Z'), endMs: nowMs });
});

it('says which field cannot be read, and that an end is before the begin', () => {
  expect(times('noon')).toMatchObject({ fault: { field: 'time' } });
  expect(times('12:00', 'later')).toMatchObject({ fault: { field: 'until' } });
  expect(times('12:00', '11:59')).toEqual({ fault: { field: 'until', text: 'This is before it begins' } });
});
