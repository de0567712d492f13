import { setTimeout as sleep } from 'node:timers/promises';
import { PerfwatchError } from '@perfwatch/contract';
import { RollUpBuilder, type Queryable, type Store, type StoredSample } from '@perfwatch/store';
import { listRawSegments, RawSegmentWriter } from '../sealing/raw-segments.ts';
import { StoredRollUps } from '../sealing/roll-ups.ts';
import { HOUR_MS, iso, MINUTE_MS, tryLockSeries, type SeriesHour } from '../series.ts';
import { readSampleLines } from './sample-lines.ts';

/** A collector is sealed within a second, one of a very large machine within half a minute. */
const LOCK_WAIT_MS = 60_000;
const LOCK_RETRY_MS = 200;

export interface FileToRestore {
  path: string;
  host: string;
  collector: string;
  keptUntil: Date;
}

export interface RestoredHours {
  hours: number;
  samples: number;
  hoursPresent: number;
}

/** Restores the hours of a file, each in a transaction: repeated after a failure it does the rest. Memory is bounded by a segment. */
export async function restoreFile(store: Store, { path, host, collector, keptUntil }: FileToRestore): Promise<RestoredHours> {
  const restored: RestoredHours = { hours: 0, samples: 0, hoursPresent: 0 };
  const samples = new HourlySamples(readSampleLines(path));
  try {
    for (let hourMs = await samples.nextHour(); hourMs !== null; hourMs = await samples.nextHour()) {
      const count = await restoreHour(store, { series: { host, collector, hourMs }, samples, keptUntil });
      if (count === null) restored.hoursPresent += 1;
      else restored.hours += 1;
      restored.samples += count ?? 0;
    }
  } finally {
    await samples.close();
  }
  return restored;
}

interface HourToRestore {
  series: SeriesHour;
  samples: HourlySamples;
  keptUntil: Date;
}

/** Number of Samples; null when the hour has raw ones. */
async function restoreHour(store: Store, { series, samples, keptUntil }: HourToRestore): Promise<number | null> {
  return store.transaction(async (connection) => {
    await lockSeries(connection, series);
    if ((await listRawSegments(connection, series)).length > 0) return null;
    const rollUps = await StoredRollUps.read(connection, series);
    const writer = new RawSegmentWriter(connection, { series, keptUntil });
    const minutes = new RollUpBuilder(MINUTE_MS);
    let count = 0;
    for await (const sample of samples.ofHour(series.hourMs)) {
      minutes.add(sample.tsMs, sample.metrics);
      await writer.add([sample]);
      count += 1;
    }
    await writer.finish();
    if (rollUps.numberCount() === null) await rollUps.replace(minutes.build());
    return count;
  });
}

async function lockSeries(connection: Queryable, series: SeriesHour): Promise<void> {
  const endMs = performance.now() + LOCK_WAIT_MS;
  while (!(await tryLockSeries(connection, series))) {
    if (performance.now() > endMs) {
      throw new PerfwatchError('unavailable', `${series.collector} of ${series.host} is being sealed since ${LOCK_WAIT_MS / 1000} s`, {
        hint: `Try again: hours before ${iso(series.hourMs)} are restored.`,
      });
    }
    await sleep(LOCK_RETRY_MS);
  }
}

/** A stream of Samples in the order of time, taken hour by hour. */
class HourlySamples {
  readonly #samples: AsyncGenerator<StoredSample>;
  #next: StoredSample | null = null;
  #current: number | null = null;

  constructor(samples: AsyncGenerator<StoredSample>) {
    this.#samples = samples;
  }

  /** Start of the next Sample's hour, passing over what was left of the one before; null at the end. */
  async nextHour(): Promise<number | null> {
    if (this.#current !== null) for await (const _ of this.ofHour(this.#current)) continue;
    const next = await this.#peek();
    this.#current = next === null ? null : Math.floor(next.tsMs / HOUR_MS) * HOUR_MS;
    return this.#current;
  }

  async *ofHour(hourMs: number): AsyncGenerator<StoredSample> {
    for (let next = await this.#peek(); next !== null && next.tsMs < hourMs + HOUR_MS; next = await this.#peek()) {
      this.#next = null;
      yield next;
    }
  }

  async close(): Promise<void> {
    await this.#samples.return(undefined);
  }

  async #peek(): Promise<StoredSample | null> {
    if (this.#next !== null) return this.#next;
    const result = await this.#samples.next();
    return result.done === true ? null : (this.#next = result.value);
  }
}
