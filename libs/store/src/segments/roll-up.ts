import type { MetricPath } from '@perfwatch/contract';
import { fromFrame, toFrame } from './frame.ts';
import { readRollUp } from './roll-up-reader.ts';
import { writeRollUp } from './roll-up-writer.ts';

/** Of one path, one entry per bucket. Arrays may be shared between paths: they are for reading. */
export interface RollUpStats {
  /** In units of `sumUnit`; 0 where there is no number. */
  readonly sums: Float64Array;
  /** Numbers in the bucket, nulls not counted; 0 where there is none. */
  readonly counts: Float64Array;
  /** NaN where there is no number. */
  readonly mins: Float64Array;
  readonly maxs: Float64Array;
}

/** Buckets of `stepMs` in which there was a Sample, ascending, whether or not it had numbers. */
export interface RollUpParts {
  stepMs: number;
  starts: Float64Array;
  /** Those that have a number in some bucket. */
  paths: readonly MetricPath[];
  sumUnit: number;
  /** By place in `paths`. */
  stats: (pathIndex: number) => RollUpStats;
}

/** What the Samples of one collector come to, bucket by bucket. */
export class RollUp {
  readonly stepMs: number;
  /** Milliseconds since the epoch at which each bucket begins: multiples of `stepMs`, ascending, only those in which there was a Sample. */
  readonly starts: Float64Array;
  /** Every path that has a number in some bucket; one object for all roll-ups that were opened with the same list. */
  readonly paths: readonly MetricPath[];
  /** 1; or 2 ** 60 where a sum would leave the range of a double. A sum is `sums[i] * sumUnit`, a mean `(sums[i] / counts[i]) * sumUnit`. */
  readonly sumUnit: number;
  readonly #parts: RollUpParts;

  constructor(parts: RollUpParts) {
    this.stepMs = parts.stepMs;
    this.starts = parts.starts;
    this.paths = parts.paths;
    this.sumUnit = parts.sumUnit;
    this.#parts = parts;
  }

  /** Throws SegmentError where the bytes are no roll-up. */
  static open(data: Uint8Array): RollUp {
    return new RollUp(readRollUp(fromFrame(data)));
  }

  /** What there is of a path of `paths`: decoded when its arrays are read. Throws RangeError where there is no such path. */
  stats(pathIndex: number): RollUpStats {
    if (this.paths[pathIndex] === undefined) throw new RangeError(`the roll-up has no metric ${pathIndex}`);
    return this.#parts.stats(pathIndex);
  }

  /** `numberCount`: buckets that have numbers, of all paths. Sums may differ by 1e-12 of their size from those of this roll-up. */
  encode(): { data: Buffer; numberCount: number } {
    const { payload, numberCount } = writeRollUp(this.#parts);
    return { data: toFrame(payload), numberCount };
  }
}
