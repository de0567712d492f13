import { RESOLUTIONS, type Resolution } from '@perfwatch/contract';
import { HOUR_MS, MINUTE_MS } from '../durations.ts';
import { ceilTo, floorTo, type Stretch } from './segment-rows.ts';

/** What is kept of one hour of a series. */
export interface HourKept {
  /** Whether the hot table has rows of it: then roll-ups may not know all of them yet. */
  isHot: boolean;
  raw: boolean;
  minutes: boolean;
  hours: boolean;
}

/** A part of an hour, and where to read it. 'raw' is segments united with hot rows. */
export interface Piece extends Stretch {
  tier: Resolution;
}

/**
 * Where to read the part of one hour that lies in `range`, for buckets of `stepMs` (null: Samples as they are), ascending:
 *
 * - An hour with hot rows is read raw. Only where its raw segments have gone already, and a roll-up is there, is it that which is
 *   read: Samples that come so late change nothing.
 * - Otherwise a whole hour is read from the coarsest tier of which the step is a multiple; with a step that is a multiple of no
 *   tier, raw.
 * - A part of an hour is read by the minute where the step allows it; what is left before the first and after the last whole minute
 *   is read raw.
 * - What should be read raw and is kept no more is read from the finest roll-up there is: its buckets that begin within the range.
 */
export function planHour(hourMs: number, { range, stepMs, kept }: { range: Stretch; stepMs: number | null; kept: HourKept }): Piece[] {
  const startMs = Math.max(hourMs, range.startMs);
  const endMs = Math.min(hourMs + HOUR_MS, range.endMs);
  const whole = { startMs, endMs };
  const isRolledUp = kept.minutes || kept.hours;
  if (kept.isHot && (kept.raw || !isRolledUp)) return [{ ...whole, tier: 'raw' }];
  const isFull = endMs - startMs === HOUR_MS;
  if (isFull && isMultiple(stepMs, HOUR_MS) && kept.hours) return [{ ...whole, tier: '1h' }];
  if (kept.minutes && isMultiple(stepMs, MINUTE_MS)) return kept.raw ? byTheMinute(whole) : [{ ...whole, tier: '1m' }];
  if (kept.raw) return [{ ...whole, tier: 'raw' }];
  if (kept.minutes) return [{ ...whole, tier: '1m' }];
  return kept.hours ? [{ ...whole, tier: '1h' }] : [];
}

function isMultiple(stepMs: number | null, tierMs: number): boolean {
  return stepMs !== null && stepMs % tierMs === 0;
}

function byTheMinute({ startMs, endMs }: Stretch): Piece[] {
  const firstMs = ceilTo(startMs, MINUTE_MS);
  const lastMs = floorTo(endMs, MINUTE_MS);
  if (firstMs >= lastMs) return [{ startMs, endMs, tier: 'raw' }];
  const pieces: Piece[] = [
    { startMs, endMs: firstMs, tier: 'raw' },
    { startMs: firstMs, endMs: lastMs, tier: '1m' },
    { startMs: lastMs, endMs, tier: 'raw' },
  ];
  return pieces.filter((piece) => piece.startMs < piece.endMs);
}

/** The coarser of two tiers. */
export function coarserOf(a: Resolution, b: Resolution): Resolution {
  return RESOLUTIONS.indexOf(a) > RESOLUTIONS.indexOf(b) ? a : b;
}
