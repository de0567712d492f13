import { SECOND_MS } from './durations.ts';

/** Finds from which second on Samples are within bounds, from how many there are in each. */
export class RecentBounds {
  readonly #sinceMs: number;
  readonly #most: { samples: number; bytes: number };
  // Bounded by the seconds of a backfill, and of clocks that are ahead.
  readonly #seconds = new Map<number, { samples: number; bytes: number }>();

  constructor({ sinceMs, samples, bytes }: { sinceMs: number; samples: number; bytes: number }) {
    this.#sinceMs = sinceMs;
    this.#most = { samples, bytes };
  }

  note(tsMs: number, bytes: number): void {
    const second = Math.floor(tsMs / SECOND_MS);
    const noted = this.#seconds.get(second);
    if (noted === undefined) this.#seconds.set(second, { samples: 1, bytes });
    else {
      noted.samples += 1;
      noted.bytes += bytes;
    }
  }

  /** Start of the oldest second that is within the bounds together with all newer ones. */
  fromMs(): number {
    let { samples, bytes } = this.#most;
    let fromMs = Infinity;
    for (const [second, noted] of [...this.#seconds].sort(([a], [b]) => b - a)) {
      samples -= noted.samples;
      bytes -= noted.bytes;
      if (samples < 0 || bytes < 0) return fromMs;
      fromMs = second * SECOND_MS;
    }
    return this.#sinceMs;
  }
}
