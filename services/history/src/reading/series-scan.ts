import type { Resolution } from '@perfwatch/contract';
import { RawBlock, RollUpBlock, type SampleColumns } from './blocks.ts';
import type { HotCount, HotRows } from './hot-rows.ts';
import { floorTo, wholeHours, type SegmentRow, type SegmentRows, type Stretch } from './segment-rows.ts';
import { planStretch, type PlannedPiece } from './series-plan.ts';
import type { SeriesRange } from './series-reader.ts';
import { DAY_MS, HOUR_MS } from '../durations.ts';

/** So much is planned at a time: some thousand rows of segments at most. */
const PLANNED_AT_ONCE_MS = 31 * DAY_MS;
/** The last moment that a Date can be. */
const FOREVER_MS = 8.64e15;

/** Samples or roll-ups of a stretch of a series; parts follow one another in time. */
export type Part = RawPart | RollUpPart;
export interface RawPart extends Stretch {
  tier: 'raw';
  /** A tick may be in several of them: it is the same Sample. */
  blocks: readonly SampleColumns[];
}
export interface RollUpPart extends Stretch {
  tier: Exclude<Resolution, 'raw'>;
  /** Its buckets that begin within the stretch are meant. */
  block: RollUpBlock;
}

type AnyBlock = RawBlock | RollUpBlock;

/** Walks through a series from its beginning, reading each hour from the tier that `planHour` says. */
export class SeriesScan {
  readonly #hotRows: HotRows;
  readonly #segmentRows: SegmentRows;
  readonly #series: SeriesRange;
  readonly #stepMs: number | null;

  constructor(parts: { hotRows: HotRows; segmentRows: SegmentRows; series: SeriesRange; stepMs: number | null }) {
    this.#hotRows = parts.hotRows;
    this.#segmentRows = parts.segmentRows;
    this.#series = parts.series;
    this.#stepMs = parts.stepMs;
  }

  /** Throws SegmentGone when retention rewrote what was about to be read: to be started anew then. */
  async *parts(): AsyncGenerator<Part> {
    // Hot rows first: they go only after they have been sealed, so nothing can fall between this and what is read after it.
    const hot = await this.#hotRows.unsealed(wholeHours(this.#series));
    const hotByHour = Map.groupBy(hot, ({ minuteMs }) => floorTo(minuteMs, HOUR_MS));
    const occupied = await this.#occupied(hot);
    for (let startMs = occupied.startMs; startMs < occupied.endMs;) {
      const endMs = Math.min(floorTo(startMs, DAY_MS) + PLANNED_AT_ONCE_MS, occupied.endMs);
      const range = { startMs, endMs };
      yield* this.#read(await planStretch(this.#segmentRows, { series: this.#series, range, stepMs: this.#stepMs, hotByHour }));
      startMs = endMs;
    }
  }

  /** The range without what lies before the first and after the last there is: a range may be all of time. */
  async #occupied(hot: readonly HotCount[]): Promise<Stretch> {
    const { startMs, endMs } = this.#series;
    if (endMs - startMs <= PLANNED_AT_ONCE_MS) return { startMs, endMs };
    let firstMs = hot[0]?.firstMs ?? FOREVER_MS;
    let lastMs = hot.at(-1)?.lastMs ?? 0;
    for (const extent of await this.#segmentRows.extents(this.#series)) {
      firstMs = Math.min(firstMs, extent.firstMs ?? FOREVER_MS);
      lastMs = Math.max(lastMs, extent.lastMs === null ? 0 : floorTo(extent.lastMs, DAY_MS) + DAY_MS - 1);
    }
    return { startMs: Math.max(startMs, floorTo(firstMs, HOUR_MS)), endMs: Math.min(endMs, lastMs + 1) };
  }

  async *#read(pieces: readonly PlannedPiece[]): AsyncGenerator<Part> {
    let loaded = new Map<SegmentRow, AnyBlock>();
    for (const [index, piece] of pieces.entries()) {
      const done = (pieces[index - 1]?.segments ?? []).filter((row) => !piece.segments.includes(row));
      for (const row of done) loaded.delete(row);
      const blocks: AnyBlock[] = [];
      for (const row of piece.segments) {
        if (!loaded.has(row)) loaded = await this.#segmentRows.load(this.#series, rowsFrom(pieces, index, row));
        const block = loaded.get(row);
        if (block !== undefined) blocks.push(block);
      }
      yield* this.#partsOf(piece, blocks);
      piece.segments.forEach((row, at) => {
        const block = blocks[at];
        if (block !== undefined) this.#segmentRows.recount(this.#series, row, block);
      });
    }
  }

  async *#partsOf({ tier, startMs, endMs, hot }: PlannedPiece, blocks: readonly AnyBlock[]): AsyncGenerator<Part> {
    if (tier === 'raw') {
      const segments = blocks.filter((block) => block instanceof RawBlock);
      yield { tier, startMs, endMs, blocks: [...segments, ...(await this.#hotRows.minutes(this.#series, hot))] };
      return;
    }
    for (const block of blocks) if (block instanceof RollUpBlock) yield { tier, startMs, endMs, block };
  }
}

/** Rows of segments in the order in which they will be needed, from one of a piece on; most at once as many as a fetch can ever use. */
function rowsFrom(pieces: readonly PlannedPiece[], index: number, row: SegmentRow): SegmentRow[] {
  const LOOK_AHEAD = 64;
  const rows = new Set<SegmentRow>([row]);
  for (let next = index; next < pieces.length && rows.size < LOOK_AHEAD; next += 1) {
    const segments = pieces[next]?.segments ?? [];
    const from = next === index ? segments.indexOf(row) : 0;
    for (const later of segments.slice(from)) rows.add(later);
  }
  return [...rows];
}
