import type { Sample } from '@perfwatch/contract';
import { SampleTable } from './sample-table.ts';
import { bucketFor, rowsFor } from './window.ts';

/**
 * Series kept of one collector: 510 interfaces with eleven figures each, or 512 CPUs. With the 1,440 rows of an hour's window and 4 bytes
 * a value, a collector that has all of them takes 35 MB.
 */
const MOST_SERIES = 6000;
/** Collectors kept of one host. */
const MOST_COLLECTORS = 64;

/** The recent past of one host: a table per collector, and each one's newest sample. At most 64 collectors; further ones are left out. */
export class SampleMemory {
  readonly windowMs: number;
  readonly bucketMs: number;
  readonly #tables = new Map<string, SampleTable>();
  readonly #latest = new Map<string, Sample>();
  #newestMs: number | null = null;
  #fromMs = Number.POSITIVE_INFINITY;

  constructor(windowMs: number) {
    this.windowMs = windowMs;
    this.bucketMs = bucketFor(windowMs);
  }

  /** Time of the newest sample of all. */
  get newestMs(): number | null {
    return this.#newestMs;
  }

  /** Says that everything since a moment has been added. */
  reachesBackTo(timeMs: number): void {
    this.#fromMs = Math.min(this.#fromMs, timeMs);
  }

  /** Whether everything since a moment is still here. */
  covers(timeMs: number): boolean {
    const oldestKeptMs = (this.#newestMs ?? 0) - rowsFor(this.windowMs) * this.bucketMs + this.bucketMs;
    return timeMs >= Math.max(this.#fromMs, oldestKeptMs);
  }

  get collectors(): string[] {
    return [...this.#latest.keys()];
  }

  table(collector: string): SampleTable | null {
    return this.#tables.get(collector) ?? null;
  }

  latest(collector: string): Sample | null {
    return this.#latest.get(collector) ?? null;
  }

  addAll(samples: readonly Sample[]): void {
    for (const sample of samples) this.add(sample);
  }

  add(sample: Sample): void {
    const timeMs = Date.parse(sample.ts);
    if (Number.isNaN(timeMs) || (!this.#latest.has(sample.collector) && this.#latest.size >= MOST_COLLECTORS)) return;
    const latest = this.#latest.get(sample.collector);
    if (latest === undefined || Date.parse(latest.ts) <= timeMs) this.#latest.set(sample.collector, sample);
    this.#newestMs = Math.max(this.#newestMs ?? timeMs, timeMs);
    const hasValues = sample.status === undefined || sample.status === 'ok' || sample.status === 'partial';
    if (!hasValues) return;
    let table = this.#tables.get(sample.collector);
    if (table === undefined) {
      table = new SampleTable({ bucketMs: this.bucketMs, capacity: rowsFor(this.windowMs), maxSeries: MOST_SERIES });
      this.#tables.set(sample.collector, table);
    }
    table.add({ timeMs, intervalMs: sample.interval_ms ?? null, metrics: sample.metrics });
  }
}
