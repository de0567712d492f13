import { PerfwatchError } from '@perfwatch/contract';
import type { Logger } from '@perfwatch/service-kit';
import { sqlStateOf, type Store } from '@perfwatch/store';
import { iso, UNDEFINED_TABLE, type SeriesHour } from '../series.ts';
import { dropSealedPartition, forgetSealingsWithoutPartition } from './drop-partition.ts';
import { sealSeries } from './seal-series.ts';
import { closedHours, unsealedSeries, type UnsealedSeries } from './unsealed-hours.ts';

/** How long things are left alone, in milliseconds. */
export interface SealingDelays {
  /** After the end of an hour: what was on its way when it ended is in by then. */
  settleMs: number;
  /** Between two times that late rows are merged into the same hour: a trickle would have its segment written anew at every look. */
  lateMs: number;
  /** Between the last sealing of an hour and the end of its hot rows: longer than a query may take (15 s). */
  dropMs: number;
}
export const SEALING_DELAYS: SealingDelays = { settleMs: 60_000, lateMs: 60_000, dropMs: 30_000 };

export interface SealingRound {
  nowMs: number;
  mayGoOn?: () => boolean;
  lateMs?: number;
}

/** What was done, to be added up. */
export interface SealingCounts {
  /** Hours of collectors sealed or merged into. */
  series: number;
  samples: number;
  /** Samples of hours whose raw ones have expired: they changed nothing. */
  late: number;
  partitionsDropped: number;
  bytesFreed: number;
  /** Nothing that could be done now was left for another time. */
  isComplete: boolean;
}

export const noSealing = (): SealingCounts => ({ series: 0, samples: 0, late: 0, partitionsDropped: 0, bytesFreed: 0, isComplete: true });

export interface SealerParts {
  store: Store;
  log: Logger;
  /** Ends a round between two pages. */
  signal: AbortSignal;
  delays?: SealingDelays;
}

/** Seals the hours that are over and drops their hot rows. Any number of replicas may run: they share the collectors out. */
export class Sealer {
  readonly #parts: SealerParts;
  readonly #delays: SealingDelays;
  #fault: string | null = null;

  constructor(parts: SealerParts) {
    this.#parts = parts;
    this.#delays = parts.delays ?? SEALING_DELAYS;
  }

  /** What could not be sealed in the last whole round, the first of it; null when all could. */
  get fault(): string | null {
    return this.#fault;
  }

  /**
   * Seals what is to be sealed at `nowMs`, oldest hour first, and drops what is sealed, for as long as `mayGoOn` says so, asked before
   * each collector. `lateMs` is that of the delays where it is absent. Throws what keeps it from all of it.
   */
  async round({ nowMs, mayGoOn = () => true, lateMs = this.#delays.lateMs }: SealingRound): Promise<SealingCounts> {
    const { store, log } = this.#parts;
    const { settleMs, dropMs } = this.#delays;
    const counts = noSealing();
    const failures: string[] = [];
    for (const hourMs of await closedHours(store, nowMs - settleMs)) {
      for (const series of await unsealedSeries(store, { hourMs, lateMs })) {
        if (!mayGoOn()) return { ...counts, isComplete: false };
        await this.#seal({ ...series, hourMs }, { counts, failures });
      }
      if (!mayGoOn()) return { ...counts, isComplete: false };
      const dropped = await dropSealedPartition(store, { hourMs, quietMs: dropMs });
      if (dropped === null) continue;
      counts.partitionsDropped += 1;
      counts.bytesFreed += dropped.bytes;
    }
    await forgetSealingsWithoutPartition(store);
    if (this.#fault !== null && failures.length === 0) log.info({}, 'every hour can be sealed again');
    this.#fault = failures[0] ?? null;
    return counts;
  }

  /** One collector that cannot be sealed, because a segment of it is damaged, say, does not keep the others from it. */
  async #seal(series: UnsealedSeries & SeriesHour, { counts, failures }: { counts: SealingCounts; failures: string[] }): Promise<void> {
    const { store, log, signal } = this.#parts;
    const { host, collector, hourMs, rowCount } = series;
    try {
      const outcome = await sealSeries(store, series, { rowCount, signal });
      if (outcome === null) return;
      counts.series += 1;
      counts.samples += outcome.sampleCount;
      counts.late += outcome.lateCount;
    } catch (error) {
      if (signal.aborted || (error instanceof PerfwatchError && error.code === 'unavailable')) throw error;
      // Another replica sealed it and dropped the hour.
      if (sqlStateOf(error) === UNDEFINED_TABLE) return;
      const hour = iso(hourMs);
      if (this.#fault === null && failures.length === 0)
        log.error({ err: error, host, collector, hour }, 'an hour could not be sealed; trying again');
      const reason = error instanceof Error ? error.message : String(error);
      failures.push(`${collector} of ${host}, hour of ${hour}, could not be sealed: ${reason}`);
    }
  }
}
