import type { MetricValue, Sample } from '@perfwatch/contract';
import { Course, STEP_MS, stepOf, type SparkPaths } from './course.ts';
import { measureOf, MEASURES, type MeasureKey } from './measures.ts';

/** Hosts remembered, those looked at last: 30 kB each. */
const MOST_HOSTS = 500;
/** A host's clock may be this many steps ahead before its newest points are left out. */
const MOST_AHEAD = 2;

/** The newest that is known of one measure. */
export interface Reading {
  value: MetricValue;
  timeMs: number;
  /** What the Sample says of it. */
  reason: string | null;
}

/** A value of the past; `timeMs` begins the step it is the mean of. */
export interface PastPoint {
  host: string;
  key: MeasureKey;
  timeMs: number;
  value: MetricValue;
}

interface HostMemory {
  readonly courses: Map<MeasureKey, Course>;
  readonly readings: Map<MeasureKey, Reading>;
  newestMs: number | null;
}

/** The last two minutes of the hosts that are looked at. What it is given (Samples, pasts) says all it knows, so that it can be replayed. */
export class FleetMemory {
  readonly #hosts = new Map<string, HostMemory>();

  /** Takes a Sample; tells whether anything shown has changed by it. */
  add(sample: Sample): boolean {
    const measure = measureOf(sample.collector);
    const timeMs = Date.parse(sample.ts);
    if (measure === null || Number.isNaN(timeMs)) return false;
    const memory = this.#of(sample.host);
    const hasValues = sample.status === undefined || sample.status === 'ok' || sample.status === 'partial';
    const value = hasValues ? measure.read(sample.metrics) : null;
    this.#course(memory, measure.key).add(timeMs, value, sample.interval_ms ?? 0);
    memory.newestMs = Math.max(memory.newestMs ?? timeMs, timeMs);
    const before = memory.readings.get(measure.key);
    if (before === undefined || before.timeMs <= timeMs) memory.readings.set(measure.key, { value, timeMs, reason: sample.reason ?? null });
    return true;
  }

  /** Takes what history knows; the newest of it is shown until a Sample comes. */
  addPast(points: readonly PastPoint[]): void {
    for (const { host, key, timeMs, value } of points) {
      const memory = this.#of(host);
      this.#course(memory, key).addPast(timeMs, value);
      const before = memory.readings.get(key);
      if (before === undefined || before.timeMs < timeMs) memory.readings.set(key, { value, timeMs, reason: null });
    }
  }

  /** Undefined while nothing has come. */
  reading(host: string, key: MeasureKey): Reading | undefined {
    return this.#hosts.get(host)?.readings.get(key);
  }

  /** Time of the newest Sample that came live, by the host's clock; null before the first. */
  newestMs(host: string): number | null {
    return this.#hosts.get(host)?.newestMs ?? null;
  }

  /** The sparkline of a measure as it is at a moment. `intervalMs` is how often it is sampled, for what has come from history alone. */
  paths(host: string, key: MeasureKey, { nowMs, intervalMs }: { nowMs: number; intervalMs: number }): SparkPaths {
    const memory = this.#hosts.get(host);
    const course = memory?.courses.get(key);
    if (memory === undefined || course === undefined) return { line: '', area: '' };
    const nowStep = stepOf(nowMs);
    const aheadMs = Math.min(memory.newestMs ?? 0, nowMs + MOST_AHEAD * STEP_MS);
    return course.paths(Math.max(nowStep, stepOf(aheadMs)), { top: MEASURES[key].top, intervalMs });
  }

  /** Keeps these rather than those that were looked at before. */
  touch(hosts: readonly string[]): void {
    for (const host of hosts) {
      const memory = this.#hosts.get(host);
      if (memory === undefined) continue;
      this.#hosts.delete(host);
      this.#hosts.set(host, memory);
    }
  }

  #of(host: string): HostMemory {
    const known = this.#hosts.get(host);
    if (known !== undefined) return known;
    const oldest = this.#hosts.size < MOST_HOSTS ? undefined : this.#hosts.keys().next().value;
    if (oldest !== undefined) this.#hosts.delete(oldest);
    const added: HostMemory = { courses: new Map(), readings: new Map(), newestMs: null };
    this.#hosts.set(host, added);
    return added;
  }

  #course(memory: HostMemory, key: MeasureKey): Course {
    const known = memory.courses.get(key);
    if (known !== undefined) return known;
    const added = new Course();
    memory.courses.set(key, added);
    return added;
  }
}
