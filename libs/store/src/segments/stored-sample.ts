import type { Metrics } from '@perfwatch/contract';

/** A Sample as it is kept: what the bus gave, without host and collector, which are the segment's. */
export interface StoredSample {
  /** Milliseconds since the epoch, a whole number. */
  tsMs: number;
  run: string | null;
  seq: number | null;
  intervalMs: number | null;
  elapsedMs: number | null;
  status: string | null;
  reason: string | null;
  metrics: Metrics;
}

/** What a path has at each Sample: `values[i]` is NaN where `states[i]` is not 2 (a number). */
export interface Column {
  values: Float64Array;
  /** 0 absent, 1 null, 2 number; null where there is a number in every Sample. */
  states: Uint8Array | null;
}

export interface EncodedSegment {
  data: Buffer;
  sampleCount: number;
  /** Numbers in metrics, nulls not counted. */
  numberCount: number;
  firstMs: number;
  lastMs: number;
}
