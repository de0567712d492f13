import type { Bus } from '@perfwatch/bus';
import { internalSubjects } from '@perfwatch/contract';
import { z } from 'zod';
import type { TickCost, TickCosts } from './service.ts';

/** What one process cost since its last message; counts are since the collector started. */
export const processCostSchema = z.object({
  process: z.string().min(1).max(255),
  interval_ms: z.number().positive(),
  cpu_percent: z.number().nullable(),
  rss_bytes: z.number().nullable(),
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

/** Ticks are further apart. What comes sooner after the last report is of the same tick, and no time to measure CPU use over. */
const MIN_SPAN_MS = 50;

/** Null where it cannot be read: it takes a descriptor, and there may be none left. */
function residentBytes(): number | null {
  try {
    return process.memoryUsage.rss();
  } catch {
    // Whoever took the last descriptor says so; the cost of this process is not worth ending it.
    return null;
  }
}

/** CPU use of this process over a while. */
interface CpuUse {
  readonly percent: number | null;
  readonly spanMs: number;
}

/** Gathers what the ticks of this process cost and publishes it once for all collectors that ticked together. */
export class ProcessCosts implements TickCosts {
  readonly #options: ProcessCostsOptions;
  readonly #ticks = new Map<string, TickCost>();
  #lastCpuMicros: number | null = null;
  #lastMeasuredMs = performance.now();
  #cpuUse: CpuUse = { percent: null, spanMs: MIN_SPAN_MS };
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
    this.#measureCpu(performance.now());
    const { percent, spanMs } = this.#cpuUse;
    const dropped = bus.counters().droppedSamplesByCollector;
    const ticks = [...this.#ticks.values()];
    const cost: ProcessCost = {
      process: name,
      interval_ms: spanMs,
      cpu_percent: percent,
      rss_bytes: residentBytes(),
      event_loop_delay_ms: Math.max(0, ...ticks.map(({ lateMs }) => lateMs)),
      collectors: Object.fromEntries(
        ticks.map(({ collector, collectMs, skippedTicks }) => [
          collector,
          { collect_ms: collectMs, skipped_ticks_count: skippedTicks, dropped_samples_count: dropped[collector] ?? 0 },
        ]),
      ),
    };
    this.#ticks.clear();
    bus.publish(internalSubjects.cost(host), cost);
  }

  /** CPU time of all threads in percent of one core, 100 at most; null the first time. The timers of one tick may take two turns of the event loop. */
  #measureCpu(nowMs: number): void {
    const spanMs = nowMs - this.#lastMeasuredMs;
    if (spanMs < MIN_SPAN_MS) return;
    const { user, system } = process.cpuUsage();
    const cpuMicros = user + system;
    const percent = this.#lastCpuMicros === null ? null : Math.min(100, (cpuMicros - this.#lastCpuMicros) / (spanMs * 10));
    this.#lastCpuMicros = cpuMicros;
    this.#lastMeasuredMs = nowMs;
    this.#cpuUse = { percent, spanMs };
  }
}
