import type { Resolution } from '@perfwatch/contract';
import { RollUpBlock } from './blocks.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../durations.ts';
import type { HotCount } from './hot-rows.ts';
import { ceilTo, floorTo, type SegmentRow, type SegmentRows, type Stretch } from './segment-rows.ts';
import type { SeriesRange } from './series-reader.ts';
import { planHour, type Piece } from './tier-plan.ts';

const HOT_AT_ONCE_MS = 10 * MINUTE_MS;

/** A stretch to be read from one tier, with the rows that have it. */
export interface PlannedPiece extends Piece {
  segments: readonly SegmentRow[];
  hot: readonly HotCount[];
}

export interface PlanRequest {
  series: SeriesRange;
  /** A stretch of the series. */
  range: Stretch;
  /** Null: Samples as they are. */
  stepMs: number | null;
  /** Minutes with hot rows, of every hour that the range touches. */
  hotByHour: ReadonlyMap<number, readonly HotCount[]>;
}

/** What there is of each hour. */
interface Holdings {
  hours: ReadonlyMap<number, SegmentRow>;
  finer: ReadonlyMap<number, readonly SegmentRow[]>;
}

/** From which rows to read a stretch, ascending. Asks for rows of a finer tier only where a coarser one does not do. */
export async function planStretch(segmentRows: SegmentRows, request: PlanRequest): Promise<PlannedPiece[]> {
  const { series, range, stepMs, hotByHour } = request;
  const days = stepMs !== null && stepMs % HOUR_MS === 0 ? await segmentRows.days(series, range) : [];
  const hours = await hoursOf(segmentRows, series, days);
  const isWithin = (hourMs: number) => hourMs >= range.startMs && hourMs + HOUR_MS <= range.endMs;
  const others = stretchesWhere(range, (hourMs) => !hours.has(hourMs) || hotByHour.has(hourMs) || !isWithin(hourMs));
  const rows = others.length === 0 ? [] : await segmentRows.within(series, others);
  const finer = Map.groupBy(
    rows.filter(({ tier }) => tier !== '1h'),
    ({ startMs }) => floorTo(startMs, HOUR_MS),
  );
  const unread = rows.filter((row) => row.tier === '1h' && !days.some((day) => day.startMs === row.startMs));
  const needed = unread.filter((day) => hoursIn(range, day).some((hourMs) => !finer.has(hourMs)));
  for (const [hourMs, row] of await hoursOf(segmentRows, series, needed)) hours.set(hourMs, row);
  return joined(piecesOf(request, { hours, finer }));
}

/** Each hour that the roll-ups of these days have, with the row that has it. */
async function hoursOf(segmentRows: SegmentRows, series: SeriesRange, days: readonly SegmentRow[]): Promise<Map<number, SegmentRow>> {
  const hours = new Map<number, SegmentRow>();
  for (let next = 0; next < days.length;) {
    const loaded = await segmentRows.load(series, days.slice(next));
    for (const [row, block] of loaded) if (block instanceof RollUpBlock) for (const hourMs of block.starts) hours.set(hourMs, row);
    next += loaded.size;
  }
  return hours;
}

function piecesOf({ range, stepMs, hotByHour }: PlanRequest, { hours, finer }: Holdings): PlannedPiece[] {
  const there = [...new Set([...hours.keys(), ...finer.keys(), ...hotByHour.keys()])]
    .filter((hourMs) => hourMs < range.endMs && hourMs + HOUR_MS > range.startMs)
    .sort((a, b) => a - b);
  return there.flatMap((hourMs) => {
    const hot = hotByHour.get(hourMs) ?? [];
    const hour = hours.get(hourMs);
    const rows = [...(finer.get(hourMs) ?? []), ...(hour === undefined ? [] : [hour])];
    const of = (tier: Resolution) => rows.filter((row) => row.tier === tier);
    const [raw, minutes] = [of('raw'), of('1m')];
    const kept = { isHot: hot.length > 0, raw: raw.length > 0, minutes: minutes.length > 0, hours: hour !== undefined };
    return planHour(hourMs, { range, stepMs, kept }).flatMap((piece) =>
      piece.tier === 'raw' ? inMemorySizes(piece, { raw, hot }) : [{ ...piece, segments: of(piece.tier), hot: [] }],
    );
  });
}

/** An hour of a machine with very many numbers does not fit into memory at once: its segments and some minutes of hot rows each do. */
function inMemorySizes(piece: Piece, { raw, hot }: { raw: readonly SegmentRow[]; hot: readonly HotCount[] }): PlannedPiece[] {
  const hotMarks = hot.map(({ minuteMs }) => minuteMs).filter((minuteMs) => minuteMs % HOT_AT_ONCE_MS === 0);
  const marks = [...raw.map(({ startMs }) => startMs), ...hotMarks].filter((markMs) => markMs > piece.startMs && markMs < piece.endMs);
  const starts = [piece.startMs, ...new Set(marks.sort((a, b) => a - b))];
  return starts.map((startMs, index) => {
    const endMs = starts[index + 1] ?? piece.endMs;
    return {
      ...{ tier: piece.tier, startMs, endMs },
      segments: raw.filter((row) => row.startMs < endMs && row.endMs >= startMs),
      hot: hot.filter(({ minuteMs }) => minuteMs < endMs && minuteMs + MINUTE_MS > startMs),
    };
  });
}

/** Hours of the same day by the hour become one piece. */
function joined(pieces: readonly PlannedPiece[]): PlannedPiece[] {
  const all: PlannedPiece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    const isSame = piece.tier === '1h' && last?.tier === '1h' && last.endMs === piece.startMs && last.segments[0] === piece.segments[0];
    if (isSame) last.endMs = piece.endMs;
    else all.push({ ...piece });
  }
  return all;
}

function hoursIn(range: Stretch, day: SegmentRow): number[] {
  const firstMs = Math.max(day.startMs, floorTo(range.startMs, HOUR_MS));
  const endMs = Math.min(day.startMs + DAY_MS, range.endMs);
  return Array.from({ length: Math.max(0, Math.ceil((endMs - firstMs) / HOUR_MS)) }, (_, index) => firstMs + index * HOUR_MS);
}

/** Hours of the range of which that is true, those that follow each other as one stretch. */
function stretchesWhere(range: Stretch, isMeant: (hourMs: number) => boolean): Stretch[] {
  const stretches: Stretch[] = [];
  for (let hourMs = floorTo(range.startMs, HOUR_MS); hourMs < ceilTo(range.endMs, HOUR_MS); hourMs += HOUR_MS) {
    if (!isMeant(hourMs)) continue;
    const last = stretches.at(-1);
    if (last?.endMs === hourMs) last.endMs = hourMs + HOUR_MS;
    else stretches.push({ startMs: hourMs, endMs: hourMs + HOUR_MS });
  }
  return stretches;
}
