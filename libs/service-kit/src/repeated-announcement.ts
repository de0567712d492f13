import { systemClock, type TickClock } from './ticker.ts';

const FIRST_MS = 1000;
const EVERY_MS = 60_000;

/**
 * Publishes something again and again: who starts to listen later must hear it too. At once, then after 1, 2, 4 ... seconds, because
 * everything is started together, and then every minute.
 */
export class RepeatedAnnouncement {
  readonly #publish: () => void;
  readonly #clock: TickClock;
  #gapMs = FIRST_MS;
  #dueMs: number;

  constructor(publish: () => void, clock: TickClock = systemClock) {
    this.#publish = publish;
    this.#clock = clock;
    this.#dueMs = clock.monotonicMs();
  }

  /** Call at every opportunity: publishes when it is time. */
  publishWhenDue(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#dueMs) return;
    this.#publish();
    this.#dueMs = nowMs + this.#gapMs;
    this.#gapMs = Math.min(this.#gapMs * 2, EVERY_MS);
  }

  /** What is published has changed, or there are new listeners: begins anew. */
  restart(): void {
    this.#gapMs = FIRST_MS;
    this.#dueMs = this.#clock.monotonicMs();
  }
}
