import type { InstanceMetrics, MetricValue, Sample } from '@perfwatch/contract';
import { SeededRandom } from './soak-random.ts';

export interface Series {
  readonly host: string;
  readonly collector: string;
}

/** A Sample before it has a run and a number. */
export interface Tick {
  readonly series: Series;
  readonly tsMs: number;
}

export const TICK_MS = 100;

export const keyOf = ({ host, collector }: Series): string => `${host} ${collector}`;

const everyNth = (random: SeededRandom, n: number) => Math.floor(random.next() * n) === 0;
const unknownAtTimes = (random: SeededRandom, value: number): MetricValue => (everyNth(random, 7) ? null : value);

function device(random: SeededRandom): InstanceMetrics {
  return { read_latency_ms: unknownAtTimes(random, Math.round(random.next() * 1e5) / 1000), queue_count: Math.floor(random.next() * 4) };
}

/** Numbers of every kind, nulls, and an instance that comes and goes; the same for a series and a time whenever it is asked. */
export function metricsAt({ series, tsMs }: Tick): Sample['metrics'] {
  const name = Buffer.from(keyOf(series)).reduce((hash, byte) => Math.imul(hash, 31) + byte, 0);
  const random = new SeededRandom(name + tsMs / TICK_MS);
  const devices = { vda: device(random), ...(everyNth(random, 5) ? {} : { vdb: device(random) }) };
  return {
    busy_percent: Math.round(random.next() * 1e5) / 1000,
    read_bytes_per_sec: unknownAtTimes(random, Math.floor(random.next() * 2 ** 40)),
    free_ratio: random.next() * 10 ** Math.floor(random.between(-9, 9)),
    queue_count: Math.floor(random.next() * 3),
    ...(everyNth(random, 11) ? { reset_count: -1 } : {}),
    device: devices,
  };
}

/** What was asked to be kept: by series, then by time, the run and number it was published under. */
export class Ledger {
  readonly #bySeries = new Map<string, { series: Series; published: Map<number, { run: string; seq: number }> }>();

  /** The Sample of a tick, noted as the next of its run. Each time of a series is published once. */
  publish({ series, tsMs }: Tick, { run, seq }: { run: string; seq: number }): Sample {
    const key = keyOf(series);
    const entry = this.#bySeries.get(key) ?? { series, published: new Map<number, { run: string; seq: number }>() };
    this.#bySeries.set(key, entry);
    if (entry.published.has(tsMs)) throw new Error(`${key} at ${tsMs} was published before`);
    entry.published.set(tsMs, { run, seq });
    return this.sampleOf({ series, tsMs });
  }

  /** The same Sample again. */
  sampleOf(tick: Tick): Sample {
    const published = this.#bySeries.get(keyOf(tick.series))?.published.get(tick.tsMs);
    if (published === undefined) throw new Error('not published');
    return {
      ...tick.series,
      ts: new Date(tick.tsMs).toISOString(),
      ...published,
      interval_ms: TICK_MS,
      elapsed_ms: TICK_MS,
      status: 'ok',
      reason: null,
      metrics: metricsAt(tick),
    };
  }

  series(): Series[] {
    return [...this.#bySeries.values()].map(({ series }) => series);
  }

  /** Times of a series, in the order of publishing. */
  timesOf(series: Series): number[] {
    return [...(this.#bySeries.get(keyOf(series))?.published.keys() ?? [])];
  }

  publishedAt({ series, tsMs }: Tick): { run: string; seq: number } | null {
    return this.#bySeries.get(keyOf(series))?.published.get(tsMs) ?? null;
  }
}
