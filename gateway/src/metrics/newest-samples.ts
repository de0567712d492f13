import type { Sample } from '@perfwatch/contract';

/** How long a collector that sends no more is still told of: three of its intervals, but at least and at most this. */
const MIN_KEPT_MS = 15_000;
const MAX_KEPT_MS = 300_000;
const KEPT_INTERVALS = 3;
/** Clocks differ, and what is older than this is a backlog, not what the host does now. */
const MAX_LATE_MS = 300_000;
/** Collectors of all hosts together; anyone may make up new ones. */
const MAX_REMEMBERED = 50_000;

interface Remembered {
  sample: Sample;
  tsMs: number;
  /** On the monotonic clock. */
  arrivedMs: number;
}

export interface NewestSamplesClock {
  /** Monotonic. */
  nowMs(): number;
  /** On the wall. */
  wallMs(): number;
}

const keptMs = ({ interval_ms: intervalMs = 0 }: Sample): number =>
  Math.min(MAX_KEPT_MS, Math.max(MIN_KEPT_MS, KEPT_INTERVALS * intervalMs));

/** The newest Sample of every collector of every host, for as long as it is news. */
export class NewestSamples {
  readonly #clock: NewestSamplesClock;
  readonly #maxRemembered: number;
  readonly #newest = new Map<string, Remembered>();
  #received = 0;
  #dropped = 0;

  constructor(clock: NewestSamplesClock, maxRemembered = MAX_REMEMBERED) {
    this.#clock = clock;
    this.#maxRemembered = maxRemembered;
  }

  /** Samples taken since the start. */
  get received(): number {
    return this.#received;
  }

  /** Samples of collectors that there was no room for, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  take(sample: Sample): void {
    this.#received++;
    const arrivedMs = this.#clock.nowMs();
    const tsMs = Date.parse(sample.ts);
    if (this.#clock.wallMs() - tsMs > MAX_LATE_MS) return;
    const key = `${sample.host}/${sample.collector}`;
    const before = this.#newest.get(key);
    // A clock that was set back is believed once what it said before is old.
    if (before !== undefined && before.tsMs >= tsMs && !this.#isOld(before)) return;
    if (before === undefined && this.#newest.size >= this.#maxRemembered) this.#forgetOld();
    if (before === undefined && this.#newest.size >= this.#maxRemembered) this.#dropped++;
    else this.#newest.set(key, { sample, tsMs, arrivedMs });
  }

  /** What there is now, by host and collector. */
  current(): Sample[] {
    this.#forgetOld();
    const entries = [...this.#newest].sort(([a], [b]) => (a < b ? -1 : 1));
    return entries.map(([, { sample }]) => sample);
  }

  clear(): void {
    this.#newest.clear();
  }

  #isOld({ sample, arrivedMs }: Remembered): boolean {
    return this.#clock.nowMs() - arrivedMs > keptMs(sample);
  }

  #forgetOld(): void {
    for (const [key, remembered] of this.#newest) if (this.#isOld(remembered)) this.#newest.delete(key);
  }
}
