import { PerfwatchError, type RetentionRun } from '@perfwatch/contract';
import type { Logger } from '@perfwatch/service-kit';
import type { Store } from '@perfwatch/store';
import { readPolicy } from '../policy.ts';
import { noSealing, Sealer, type SealingCounts, type SealingDelays } from '../sealing/sealer.ts';
import { nextRunMs, storeRun } from './retention-runs.ts';
import { whileLocked } from './run-lock.ts';
import { runRetention, type RunOutcome } from './run-retention.ts';

/** How often it looks for hours to seal, and whether a run is due. */
const LOOK_EVERY_MS = 15_000;

export interface RetentionWorkParts {
  store: Store;
  log: Logger;
  /** Absolute; the archive is in it. */
  dataDir: string;
  delays?: SealingDelays;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function runsAlready(): PerfwatchError {
  return new PerfwatchError('conflict', 'Retention is being run already', {
    hint: 'Try again in a minute, when it has ended; what it did is said as the last run.',
  });
}

/** Looks every 15 seconds for what there is to do, one thing at a time. Any number of replicas may run. */
export class RetentionWork {
  readonly #parts: RetentionWorkParts;
  readonly #stopping = new AbortController();
  readonly #sealer: Sealer;
  #timer: NodeJS.Timeout | null = null;
  /** The look or run in progress, or the last one; never rejects. */
  #current: Promise<void> = Promise.resolve();
  /** Runs that were asked for and wait for the look in progress, which ends soon. */
  #waitingRuns = 0;
  #isRunning = false;
  /** Of looks since the last run, so that its report tells of them too. */
  #sealed = noSealing();
  #lookFault: string | null = null;
  #archiveFault: string | null = null;
  #isUnreadable = false;

  constructor(parts: RetentionWorkParts) {
    this.#parts = parts;
    this.#sealer = new Sealer({ ...parts, signal: this.#stopping.signal });
    this.#schedule(0);
  }

  /** Why something is not done as it should be; null when all is. Anyone may read it: hosts and files are named in the log and the last run. */
  get fault(): string | null {
    if (this.#lookFault !== null) return 'Retention could not do its work; the log says why';
    if (this.#sealer.fault !== null) return 'Some hours could not be sealed; the log and the last run say which';
    if (this.#archiveFault !== null) return 'The archive cannot be written; the log and the last run say why';
    return this.#isUnreadable ? 'Some raw Samples cannot be archived; the log and the last run say which' : null;
  }

  /** Seals, archives and deletes now. Throws PerfwatchError: 'conflict' while that is being done already, 'unavailable' when the database is away. */
  async runNow(): Promise<RetentionRun> {
    if (this.#isRunning || this.#waitingRuns > 0) throw runsAlready();
    this.#waitingRuns += 1;
    try {
      const run = await this.#inTurn(() => this.#run(() => Promise.resolve(true)));
      if (run !== null) return run;
    } finally {
      this.#waitingRuns -= 1;
    }
    throw runsAlready();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('retention is being stopped'));
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#current;
  }

  #schedule(delayMs: number): void {
    if (this.#stopping.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#inTurn(() => this.#look()).finally(() => this.#schedule(LOOK_EVERY_MS)), delayMs);
    this.#timer.unref();
  }

  /** Begins when what is in progress has ended. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#current.then(work);
    this.#current = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    const { log } = this.#parts;
    try {
      await this.#seal({ mayGoOn: () => this.#waitingRuns === 0 });
      const run = await this.#runWhenDue();
      if (run !== null) log.info({ run }, 'retention has run');
      if (this.#lookFault !== null) log.info({}, 'retention works again');
      this.#lookFault = null;
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      if (this.#lookFault === null) log.error({ err: error }, 'retention could not do its work; trying again');
      this.#lookFault = reasonOf(error);
    }
  }

  async #seal({ mayGoOn, ...delays }: { mayGoOn: () => boolean; lateMs?: number }): Promise<SealingCounts> {
    const { signal } = this.#stopping;
    const counts = await this.#sealer.round({ nowMs: Date.now(), mayGoOn: () => mayGoOn() && !signal.aborted, ...delays });
    const { series, samples, late, partitionsDropped, bytesFreed } = this.#sealed;
    return (this.#sealed = {
      series: series + counts.series,
      samples: samples + counts.samples,
      late: late + counts.late,
      partitionsDropped: partitionsDropped + counts.partitionsDropped,
      bytesFreed: bytesFreed + counts.bytesFreed,
      isComplete: counts.isComplete,
    });
  }

  async #runWhenDue(): Promise<RetentionRun | null> {
    const { store } = this.#parts;
    const isDue = async () => {
      const nowMs = Date.now();
      return (await nextRunMs(store, await readPolicy(store), nowMs)) <= nowMs;
    };
    if (this.#waitingRuns > 0 || this.#stopping.signal.aborted || !(await isDue())) return null;
    // Another replica may have run it just before.
    return this.#run(isDue);
  }

  /** Null when another replica is at it, or it turns out not to be wanted any more. */
  async #run(isWanted: () => Promise<boolean>): Promise<RetentionRun | null> {
    const { store, dataDir } = this.#parts;
    const { signal } = this.#stopping;
    const outcome = await whileLocked<RunOutcome | null>(store, async () => {
      if (!(await isWanted())) return null;
      const { policy } = await readPolicy(store);
      const seal = (mayGoOn: () => boolean) => this.#seal({ mayGoOn, lateMs: 0 });
      this.#isRunning = true;
      const faultOfSealing = () => this.#sealer.fault;
      const done = await runRetention({ store, policy, dataDir, signal, seal, faultOfSealing, nowMs: Date.now() }).finally(
        () => (this.#isRunning = false),
      );
      await storeRun(store, done.run);
      return done;
    });
    if (outcome === null) return null;
    this.#sealed = noSealing();
    this.#noteArchive(outcome);
    this.#noteLate(outcome.run);
    return outcome.run;
  }

  #noteArchive({ archiveFault: fault, unreadable }: RunOutcome): void {
    const { log } = this.#parts;
    if (fault !== null && this.#archiveFault === null)
      log.error({ reason: fault }, 'the archive could not be written; nothing raw is dropped');
    if (fault === null && this.#archiveFault !== null) log.info({}, 'the archive is written again');
    this.#archiveFault = fault;
    if (unreadable.length > 0 && !this.#isUnreadable)
      log.error({ days: unreadable.length, reason: unreadable[0] }, 'some raw Samples cannot be archived; they stay');
    if (unreadable.length === 0 && fault === null && this.#isUnreadable) log.info({}, 'all raw Samples can be archived again');
    // A run that could not write has not come to all of them.
    if (fault === null) this.#isUnreadable = unreadable.length > 0;
  }

  #noteLate({ late_samples_dropped: samples }: RetentionRun): void {
    if (samples > 0) this.#parts.log.warn({ samples }, 'Samples came after the raw ones of their hours had expired: left out');
  }
}
