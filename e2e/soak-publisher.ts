import { setTimeout as delay } from 'node:timers/promises';
import { subjects, type Sample } from '@perfwatch/contract';
import type { Bus } from '@perfwatch/bus';
import type { SeededRandom } from './soak-random.ts';
import { keyOf, TICK_MS, type Ledger, type Series } from './soak-samples.ts';

const HOUR_MS = 3_600_000;
const TICKS_PER_HOUR = HOUR_MS / TICK_MS;
/** Has no divisor in common with the ticks of an hour: multiples of it reach every tick once, far apart from each other. */
const SCATTER = 7919;
/** Hours that ended a moment ago are not sealed yet. */
const NEWEST_LATE_HOUR = 2;
/** How long the backlog of one past hour comes in before that of another does: hours are sealed, dropped and come again meanwhile. */
const HOUR_TURN_MS = 4000;
const LATE_PER_TICK = 3;
const DUPLICATE_SHARE = 0.05;
const DUPLICATE_AFTER_MS = 15_000;

export interface SoakPublisherParts {
  bus: Bus;
  ledger: Ledger;
  random: SeededRandom;
  series: readonly Series[];
  /** How many closed hours get a backlog, one after another; 0 for none. */
  lateHours: number;
}

/** Ticks missed because this process was busy are not published and get no number, as with a collector. */
export class SoakPublisher {
  readonly #parts: SoakPublisherParts;
  readonly #stopping = new AbortController();
  readonly #nowHourMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  readonly #runId = Date.now().toString(36);
  readonly #seqs = new Map<string, number>();
  readonly #late = new Map<string, number>();
  /** Bounded by what is published in DUPLICATE_AFTER_MS. */
  #duplicates: { dueMs: number; sample: Sample }[] = [];
  #duplicateCount = 0;
  readonly #ended: Promise<void>;

  constructor(parts: SoakPublisherParts) {
    this.#parts = parts;
    this.#ended = this.#run();
  }

  /** Samples that were sent a second time. */
  get duplicates(): number {
    return this.#duplicateCount;
  }

  get bus(): Bus {
    return this.#parts.bus;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const startedMs = Date.now();
    let tick = Math.ceil(startedMs / TICK_MS);
    for (;;) {
      await delay(Math.max(0, tick * TICK_MS - Date.now()), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      this.#tick(tick * TICK_MS, Math.floor((Date.now() - startedMs) / HOUR_TURN_MS));
      tick = Math.max(tick + 1, Math.ceil(Date.now() / TICK_MS));
    }
  }

  #tick(tsMs: number, turn: number): void {
    const { series: all, lateHours } = this.#parts;
    for (const series of all) {
      this.#publish(series, tsMs, 'now');
      if (lateHours === 0) continue;
      for (let count = 0; count < LATE_PER_TICK; count += 1) this.#publishLate(series, NEWEST_LATE_HOUR + (turn % lateHours));
    }
    this.#sendDuplicates(Date.now());
  }

  #publishLate(series: Series, hoursAgo: number): void {
    const key = `${keyOf(series)} ${hoursAgo}`;
    const count = this.#late.get(key) ?? 0;
    if (count >= TICKS_PER_HOUR) return;
    this.#late.set(key, count + 1);
    this.#publish(series, this.#nowHourMs - hoursAgo * HOUR_MS + ((count * SCATTER) % TICKS_PER_HOUR) * TICK_MS, 'late');
  }

  #publish(series: Series, tsMs: number, kind: 'now' | 'late'): void {
    const { bus, ledger, random } = this.#parts;
    const run = `${kind}-${this.#runId}`;
    const runKey = `${keyOf(series)} ${run}`;
    const seq = this.#seqs.get(runKey) ?? 0;
    this.#seqs.set(runKey, seq + 1);
    const sample = ledger.publish({ series, tsMs }, { run, seq });
    bus.publishSample(sample);
    if (random.next() < DUPLICATE_SHARE) this.#duplicates.push({ dueMs: Date.now() + random.between(0, DUPLICATE_AFTER_MS), sample });
  }

  /** Without the identity by which JetStream would know them; lost while NATS is away. */
  #sendDuplicates(nowMs: number): void {
    const due = this.#duplicates.filter(({ dueMs }) => dueMs <= nowMs);
    this.#duplicates = this.#duplicates.filter(({ dueMs }) => dueMs > nowMs);
    for (const { sample } of due) this.#parts.bus.publish(subjects.metrics(sample.host, sample.collector), sample);
    this.#duplicateCount += due.length;
  }
}
