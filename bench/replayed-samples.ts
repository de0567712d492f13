import {
  forEachMetric,
  formatMetricPath,
  setMetricAt,
  type Catalog,
  type MetricPath,
  type Metrics,
  type Sample,
} from '@perfwatch/contract';
import { SeededRandom } from '../e2e/soak-random.ts';
import type { Recording } from './recording.ts';

const SECOND_MS = 1000;
const BLOCK_SECONDS = 60;
const HOUR_SECONDS = 3600;
/** How much the number of events behind a rate differs, at each second, from what was recorded. */
const COUNT_NOISE = 0.1;
/** How far a whole number lies from where it was recorded, for a minute, in multiples of its step. */
const MOST_STEPS_OFF = 1000;
/** Collectors give three decimals. */
const STEPS_PER_UNIT = 1000;

/** What the recording says about a path. */
interface PathShape {
  lowest: number;
  highest: number;
  /** Whole values are multiples of it above the lowest; null for others. */
  step: number | null;
  /** Events by the time that passed, rounded, at every tick. */
  isCounted: boolean;
}

/** The events behind a rate; null where it is not the quotient that collectors give. */
function countOf(value: number, elapsedMs: number): number | null {
  const count = Math.round((value * elapsedMs) / 1000);
  return rateOf(count, elapsedMs) === value ? count : null;
}

const rateOf = (count: number, elapsedMs: number) => Math.round(((count * 1000) / elapsedMs) * STEPS_PER_UNIT) / STEPS_PER_UNIT;
const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

function kindOf(catalog: Catalog | undefined, { dimension, metric }: MetricPath): string | undefined {
  const metrics = dimension === undefined ? catalog?.metrics : catalog?.dimensions?.[dimension]?.metrics;
  return metrics?.[metric]?.kind;
}

/** The Samples of one collector, and what each path of them is like. */
export class RecordedCollector {
  readonly samples: readonly Sample[];
  readonly #shapes = new Map<string, PathShape>();

  constructor({ samples, catalogs }: Recording, collector: string) {
    this.samples = samples.get(collector) ?? [];
    if (this.samples.length < 2 * BLOCK_SECONDS) throw new Error(`the recording has less than two minutes of ${collector}`);
    const catalog = catalogs.get(collector);
    for (const { metrics, elapsed_ms: elapsedMs } of this.samples) {
      forEachMetric(metrics, (path, value) => {
        if (value === null) return;
        const isCounted =
          kindOf(catalog, path) === 'rate' && elapsedMs !== null && elapsedMs !== undefined && countOf(value, elapsedMs) !== null;
        this.#note(formatMetricPath(path), value, isCounted);
      });
    }
  }

  /** Null for what never changes. */
  changingShape(key: string): PathShape | null {
    const shape = this.#shapes.get(key);
    return shape === undefined || shape.lowest === shape.highest ? null : shape;
  }

  #note(key: string, value: number, isCounted: boolean): void {
    const shape = this.#shapes.get(key) ?? { lowest: value, highest: value, step: 0, isCounted };
    this.#shapes.set(key, shape);
    if (!isCounted) shape.isCounted = false;
    if (!Number.isInteger(value)) shape.step = null;
    if (shape.step !== null) shape.step = divisor(Math.abs(value - shape.lowest), shape.step);
    shape.lowest = Math.min(shape.lowest, value);
    shape.highest = Math.max(shape.highest, value);
  }
}

/**
 * Days out of a recording. One of an hour or more is replayed as it is: each hour begins anywhere in it and goes on in order, from its end to its beginning,
 * and nothing is changed but host, `ts`, `run` and `seq`. Of a shorter one, a recording of minutes: for each minute of a day a minute of the recording that begins anywhere, its seconds in another order.
 * So that it is not the same minute again, the number of events behind each rate is another at every second, by up to a tenth, and whole numbers such as bytes of
 * memory lie some steps off for that minute. Shares of the CPU and what never changed stay as they are, zeros stay zeros.
 */
export class ReplayedSamples {
  readonly #recorded: RecordedCollector;
  readonly #random: SeededRandom;
  /** The minute or the hour that `#first` is the beginning of. */
  #block = -1;
  #first = 0;
  #order: readonly number[] = [];
  #offsets = new Map<string, number>();
  /** Numbers that were made. */
  numberCount = 0;

  constructor(recorded: RecordedCollector, seed: number) {
    this.#recorded = recorded;
    this.#random = new SeededRandom(seed);
  }

  /** The Sample of a time; times rise from call to call. */
  at(tsMs: number, host: string): Sample {
    const { samples } = this.#recorded;
    const second = Math.floor(tsMs / SECOND_MS);
    const isLong = samples.length >= HOUR_SECONDS;
    const recorded = isLong ? this.#inOrder(second) : this.#fromAnyMinute(second);
    if (recorded === undefined) throw new Error('the recording is too short');
    const metrics = isLong ? this.#counted(recorded.metrics) : this.#changed(recorded);
    return { ...recorded, host, ts: new Date(tsMs).toISOString(), run: 'replayed', seq: second, metrics };
  }

  #inOrder(second: number): Sample | undefined {
    const { samples } = this.#recorded;
    const hour = Math.floor(second / HOUR_SECONDS);
    if (hour !== this.#block) {
      this.#block = hour;
      this.#first = Math.floor(this.#random.next() * samples.length);
    }
    return samples[(this.#first + (second % HOUR_SECONDS)) % samples.length];
  }

  #fromAnyMinute(second: number): Sample | undefined {
    const { samples } = this.#recorded;
    const minute = Math.floor(second / BLOCK_SECONDS);
    if (minute !== this.#block) {
      this.#block = minute;
      this.#first = Math.floor(this.#random.next() * (samples.length - BLOCK_SECONDS));
      this.#order = this.#shuffled();
      this.#offsets = new Map();
    }
    return samples[this.#first + (this.#order[second % BLOCK_SECONDS] ?? 0)];
  }

  #counted(metrics: Metrics): Metrics {
    forEachMetric(metrics, (_, value) => {
      if (value !== null) this.numberCount += 1;
    });
    return metrics;
  }

  /** Seconds of a minute in any order. */
  #shuffled(): number[] {
    const keyed = Array.from({ length: BLOCK_SECONDS }, (_, second) => ({ second, key: this.#random.next() }));
    return keyed.sort((a, b) => a.key - b.key).map(({ second }) => second);
  }

  #changed({ metrics: recorded, elapsed_ms: elapsedMs = null }: Sample): Metrics {
    const metrics: Metrics = {};
    forEachMetric(recorded, (path, value) => {
      if (value !== null) this.numberCount += 1;
      setMetricAt(metrics, path, value === null ? null : this.#changedValue(formatMetricPath(path), value, elapsedMs));
    });
    return metrics;
  }

  #changedValue(key: string, value: number, elapsedMs: number | null): number {
    const shape = this.#recorded.changingShape(key);
    if (shape === null || value === 0) return value;
    if (shape.isCounted && elapsedMs !== null) {
      const count = (countOf(value, elapsedMs) ?? 0) * (1 + this.#random.between(-COUNT_NOISE, COUNT_NOISE));
      return rateOf(Math.round(count), elapsedMs);
    }
    if (shape.step === null || key.includes('percent')) return value;
    const offset = this.#offsets.get(key) ?? Math.floor(this.#random.next() * MOST_STEPS_OFF);
    this.#offsets.set(key, offset);
    return value + offset * shape.step;
  }
}
