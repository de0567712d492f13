import type { InvalidMessage } from './bus.ts';
import type { BusLog } from './log.ts';

const REPORT_EVERY_MS = 60_000;
/** Subjects remembered at once; anyone may make up new ones. */
const MAX_SUBJECTS = 1000;

/** Counts messages that did not fit and logs one a minute for each subject. */
export class InvalidMessages {
  readonly #log: BusLog;
  readonly #now: () => number;
  readonly #reportedAtMs = new Map<string, number>();
  #count = 0;

  constructor(log: BusLog, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  get count(): number {
    return this.#count;
  }

  add(message: InvalidMessage): void {
    this.#count++;
    this.report(message);
  }

  /** Logs without counting: somebody else has counted it. */
  report({ subject, reason, payload }: InvalidMessage): void {
    const nowMs = this.#now();
    const reportedAtMs = this.#reportedAtMs.get(subject);
    if (reportedAtMs !== undefined && nowMs - reportedAtMs < REPORT_EVERY_MS) return;
    this.#forgetOld(nowMs);
    if (this.#reportedAtMs.size >= MAX_SUBJECTS) return;
    this.#reportedAtMs.set(subject, nowMs);
    this.#log.warn({ subject, reason, bytes: payload.byteLength, invalidMessages: this.#count }, 'dropped an invalid message');
  }

  /** A map keeps the order of insertion, and each subject is inserted anew with its report: the oldest come first. */
  #forgetOld(nowMs: number): void {
    for (const [subject, reportedAtMs] of this.#reportedAtMs) {
      if (nowMs - reportedAtMs < REPORT_EVERY_MS) return;
      this.#reportedAtMs.delete(subject);
    }
  }
}
