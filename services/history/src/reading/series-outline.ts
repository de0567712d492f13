import type { Resolution } from '@perfwatch/contract';
import { RollUpBlock } from './blocks.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../durations.ts';
import type { HotRows } from './hot-rows.ts';
import { floorTo, wholeHours, type SegmentRows, type TierExtent } from './segment-rows.ts';
import type { SeriesRange } from './series-reader.ts';
import type { TimedReads } from './timed-reads.ts';

/** What there is of a series within a range. */
export interface SeriesOutline {
  /** Where it begins and ends (not part of it), about: some minutes more may be said. */
  startMs: number;
  endMs: number;
  /** The finest resolution at which all of it is kept. */
  finest: Resolution;
  /** How many raw Samples there are, between which bounds. */
  samples: { atLeast: number; atMost: number };
}

/** Null when there is nothing. */
export async function outlineOf(
  { reads, hotRows, segmentRows }: { reads: TimedReads; hotRows: HotRows; segmentRows: SegmentRows },
  range: SeriesRange,
): Promise<SeriesOutline | null> {
  // Hot rows first, as ever: statements run in the order in which they are sent.
  const [counts, extents] = await reads.run((connection) =>
    Promise.all([hotRows.counts(wholeHours(range), connection), segmentRows.extents(range, connection)]),
  );
  const hot = counts.filter(({ minuteMs }) => minuteMs < range.endMs && minuteMs + MINUTE_MS > range.startMs);
  const tier = (wanted: Resolution) => extents.find((extent) => extent.tier === wanted);
  const [raw, minutes] = [tier('raw'), tier('1m')];
  const finerMs = firstOf([hot[0]?.firstMs, raw?.firstMs, minutes?.firstMs]);
  const firstDayMs = tier('1h')?.firstMs ?? Infinity;
  const hours = firstDayMs < floorTo(finerMs, HOUR_MS) ? await hoursBefore(segmentRows, range, finerMs) : null;
  const firsts = [hot[0]?.firstMs, raw?.firstMs, minutes?.firstMs, hours?.firstMs];
  const lasts = [hot.at(-1)?.lastMs, raw?.lastMs, after(minutes, HOUR_MS), hours?.lastMs];
  const known = lasts.filter((ms) => ms !== undefined && ms !== null);
  if (known.length === 0) return null;
  const isWithin = ({ minuteMs }: { minuteMs: number }) => minuteMs >= range.startMs && minuteMs + MINUTE_MS <= range.endMs;
  const countOf = (minutesOfIt: readonly { count: number }[]) => minutesOfIt.reduce((sum, { count }) => sum + count, 0);
  return {
    startMs: Math.max(range.startMs, firstOf(firsts)),
    endMs: Math.max(range.startMs + 1, Math.min(range.endMs, Math.max(...known) + 1)),
    finest: hours !== null ? '1h' : (minutes?.hours ?? 0) > (raw?.hours ?? 0) ? '1m' : 'raw',
    samples: {
      atLeast: Math.max(countOf(hot.filter(isWithin)), raw?.samplesWithin ?? 0),
      atMost: countOf(hot) + (raw?.samples ?? 0),
    },
  };
}

/** Hours of which there are roll-ups by the hour alone, if they lie before everything else; null when there are none. */
async function hoursBefore(
  segmentRows: SegmentRows,
  range: SeriesRange,
  finerMs: number,
): Promise<{ firstMs: number; lastMs: number } | null> {
  const [first, ...others] = await segmentRows.days(range, range);
  if (first === undefined || first.startMs >= finerMs) return null;
  const last = others.at(-1) ?? first;
  const loaded = await segmentRows.load(range, [first]);
  const block = loaded.get(first);
  if (!(block instanceof RollUpBlock)) return null;
  const firstMs = block.starts.find((startMs) => startMs >= range.startMs) ?? first.startMs + DAY_MS;
  return firstMs < Math.min(floorTo(finerMs, HOUR_MS), range.endMs) ? { firstMs, lastMs: last.startMs + DAY_MS - 1 } : null;
}

function after(extent: TierExtent | undefined, lengthMs: number): number | undefined {
  return extent?.lastMs === null || extent === undefined ? undefined : extent.lastMs + lengthMs - 1;
}

function firstOf(times: readonly (number | null | undefined)[]): number {
  return Math.min(...times.filter((ms) => ms !== undefined && ms !== null));
}
