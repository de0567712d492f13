import type { Sample } from '@perfwatch/contract';
import { SampleTable } from './sample-table.ts';
import { bucketFor, rowsFor } from './window.ts';

/** Series kept of one collector: a machine of 256 CPUs with ten figures each. */
const MOST_SERIES = 3000;
/** Collectors kept of one host. */
const MOST_COLLECTORS = 64;

/** The recent past of one host: a table per collector, and each one's newest sample. At most 64 collectors; further ones are left out. */
export class SampleMemory {
  readonly windowMs: number;
  readonly bucketMs: number;
  readonly #tables = new Map<string, SampleTable>();
  readonly #latest = new Map<string, Sample>();
  #newestMs: number | null = null;

  constructor(windowMs: number) {
    this.windowMs = windowMs;
    this.bucketMs = bucketFor(windowMs);
  }

  /** Time of the newest sample of all. */
  get newestMs(): number | null {
    return this.#newestMs;
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
