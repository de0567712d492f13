import type { Bus } from '@perfwatch/bus';
import { SUBJECT_ROOT } from '@perfwatch/contract';
import { z } from 'zod';
import type { TickCost, TickCosts } from './service.ts';

/** Where every process of a host says what it costs. Internal: not below the public root. */
export const costSubject = (host: string): string => `${SUBJECT_ROOT.split('.')[0] ?? SUBJECT_ROOT}.internal.cost.${host}`;

/** What one process cost since its last message; counts are since the collector started. */
export const processCostSchema = z.object({
  process: z.string().min(1).max(255),
  interval_ms: z.number().positive(),
  cpu_percent: z.number().nullable(),
  rss_bytes: z.number(),
  event_loop_delay_ms: z.number(),
  collectors: z.record(
    z.string(),
    z.object({ collect_ms: z.number(), skipped_ticks_count: z.number(), dropped_samples_count: z.number() }),
  ),
});
export type ProcessCost = z.infer<typeof processCostSchema>;

export interface ProcessCostsOptions {
  /** Name of this process, the same after a restart. */
  process: string;
  host: string;
  bus: Bus;
}

/** Gathers what the ticks of this process cost and publishes it once for all collectors that ticked together. */
export class ProcessCosts implements TickCosts {
  readonly #options: ProcessCostsOptions;
  readonly #ticks = new Map<string, TickCost>();
  #lastCpuMicros: number | null = null;
  #lastFlushMs = performance.now();
  #isFlushDue = false;

  constructor(options: ProcessCostsOptions) {
    this.#options = options;
  }

  record(tick: TickCost): void {
    this.#ticks.set(tick.collector, tick);
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    // After the timers of this turn: all collectors with the same tick are in.
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushDue = false;
    const { bus, process: name, host } = this.#options;
    const nowMs = performance.now();
    const elapsedMs = nowMs - this.#lastFlushMs;
    const dropped = bus.counters().droppedSamplesByCollector;
    const ticks = [...this.#ticks.values()];
    const cost: ProcessCost = {
      process: name,
      interval_ms: elapsedMs,
      cpu_percent: this.#cpuPercent(elapsedMs),
      rss_bytes: process.memoryUsage.rss(),
      event_loop_delay_ms: Math.max(0, ...ticks.map(({ lateMs }) => lateMs)),
      collectors: Object.fromEntries(
        ticks.map(({ collector, collectMs, skippedTicks }) => [
          collector,
          { collect_ms: collectMs, skipped_ticks_count: skippedTicks, dropped_samples_count: dropped[collector] ?? 0 },
        ]),
      ),
    };
    this.#lastFlushMs = nowMs;
    this.#ticks.clear();
    bus.publish(costSubject(host), cost);
  }

  /** CPU time of all threads in percent of one core; null the first time. */
  #cpuPercent(elapsedMs: number): number | null {
    const { user, system } = process.cpuUsage();
    const cpuMicros = user + system;
    const last = this.#lastCpuMicros;
    this.#lastCpuMicros = cpuMicros;
    return last === null || elapsedMs <= 0 ? null : (cpuMicros - last) / (elapsedMs * 10);
  }
}
