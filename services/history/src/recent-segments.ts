import { RawSegment, type StoredSample } from '@perfwatch/store';
import { lowerBound } from './reading/blocks.ts';
import type { TimedReads } from './reading/timed-reads.ts';
import type { RecentBounds } from './recent-bounds.ts';

/** Segments that are fetched at once. */
const BATCH = 16;
/** What a number takes in a hot row, with its name. */
const ROW_BYTES_PER_NUMBER = 24;

export interface RecentFilter {
  sinceMs: number;
  /** Null: all. */
  hosts: readonly string[] | null;
  collectors: readonly string[] | null;
}

interface SegmentKey {
  host: string;
  collector: string;
  /** As PostgreSQL writes it. */
  start: string;
}

interface OpenSegment extends SegmentKey {
  /** Compressed: an opened segment takes some fifty times as much. */
  data: Buffer;
  lastMs: number;
}

export interface SealedSample {
  host: string;
  collector: string;
  sample: StoredSample;
}

const KEYS = `
  SELECT s.host, s.collector, s.start_ts::text AS start
    FROM collector_state c
   CROSS JOIN LATERAL (
     SELECT host, collector, start_ts FROM raw_segment
      WHERE host = c.host AND collector = c.collector AND start_ts >= $1::timestamptz - interval '1 hour' AND end_ts >= $1) s
   WHERE ($2::text[] IS NULL OR c.host = ANY ($2)) AND ($3::text[] IS NULL OR c.collector = ANY ($3))`;
const DATA = `
  SELECT s.host, s.collector, s.start_ts::text AS start, s.number_count::float8 / s.sample_count AS numbers, s.data
    FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS wanted (host, collector, start_ts) JOIN raw_segment s USING (host, collector, start_ts)`;

/** Sealed Samples since then; how many of them there are is noted in `bounds`. */
export async function sealedSince(reads: TimedReads, filter: RecentFilter, bounds: RecentBounds): Promise<SealedRecent> {
  const { sinceMs, hosts, collectors } = filter;
  const { deadline } = reads;
  const keys = await reads.run((connection) => connection.query<SegmentKey>(KEYS, [new Date(sinceMs), hosts, collectors]));
  const segments: OpenSegment[] = [];
  for (let next = 0; next < keys.length; next += BATCH) {
    const batch = keys.slice(next, next + BATCH);
    const columns = [batch.map(({ host }) => host), batch.map(({ collector }) => collector), batch.map(({ start }) => start)];
    const rows = await reads.run((connection) => connection.query<Omit<OpenSegment, 'lastMs'> & { numbers: number }>(DATA, columns));
    for (const { numbers, ...row } of rows) {
      if (deadline.isSliceOver) await deadline.pause();
      const { times } = RawSegment.open(row.data);
      for (let at = lowerBound(times, sinceMs); at < times.length; at += 1) bounds.note(times[at] ?? 0, numbers * ROW_BYTES_PER_NUMBER);
      segments.push({ ...row, lastMs: times.at(-1) ?? 0 });
    }
  }
  return new SealedRecent(reads, segments);
}

/** Segments that have been looked through. */
export class SealedRecent {
  readonly #reads: TimedReads;
  readonly #segments: readonly OpenSegment[];

  constructor(reads: TimedReads, segments: readonly OpenSegment[]) {
    this.#reads = reads;
    this.#segments = segments;
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  async samplesFrom(fromMs: number): Promise<SealedSample[]> {
    const { deadline } = this.#reads;
    const samples: SealedSample[] = [];
    for (const { host, collector, data } of this.#segments.filter(({ lastMs }) => lastMs >= fromMs)) {
      const segment = RawSegment.open(data);
      for (let at = lowerBound(segment.times, fromMs); at < segment.times.length; at += 1) {
        if (deadline.isSliceOver) await deadline.pause();
        samples.push({ host, collector, sample: segment.sampleAt(at) });
      }
    }
    return samples;
  }
}
