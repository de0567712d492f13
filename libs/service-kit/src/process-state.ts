import { readFileSync } from 'node:fs';
import type { Bus } from '@perfwatch/bus';
import type { Store } from '@perfwatch/store';
import { z } from 'zod';

const text = z.string().min(1).max(255);
const count = z.number().int().min(0);

/** How one process of PerfWatch is, as it says itself. */
export const processStateSchema = z.object({
  /** The names of its services, or what it was started as. */
  name: text,
  host: text,
  version: text,
  nodeVersion: text,
  /** On the wall clock of its host, in milliseconds. */
  startedAtMs: count,
  /** Of one core, over the time since it was last asked; null at the first time. */
  cpuPercent: z.number().nullable(),
  rssBytes: count.nullable(),
  /** Samples that wait for JetStream. */
  queuedSamples: count,
  /** Samples that were dropped because that queue was full. */
  droppedSamples: count,
  invalidMessages: count,
  /** Null where it does not use the database. */
  database: z.object({ up: z.boolean(), reason: z.string().max(1000).nullable() }).nullable(),
});
export type ProcessState = z.infer<typeof processStateSchema>;

export interface ProcessReporterOptions {
  name: string;
  host: string;
  bus: Pick<Bus, 'counters'>;
  /** Null: this process opened none. */
  store: () => Pick<Store, 'state'> | null;
}

/** Sooner asked again, CPU use is told as before: over less time it would mean nothing. */
const MIN_SPAN_MS = 1000;
const MICROS_PER_MS = 1000;
const packageSchema = z.object({ version: z.string() });

/** The version of PerfWatch: that of this package, which all share. */
export function readVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  return packageSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}

/** Tells how this process is. */
export class ProcessReporter {
  readonly #options: ProcessReporterOptions;
  readonly #version = readVersion();
  readonly #startedAtMs = Math.round(performance.timeOrigin);
  #cpuMicros = totalCpuMicros();
  #measuredAtMs = performance.now();
  #cpuPercent: number | null = null;

  constructor(options: ProcessReporterOptions) {
    this.#options = options;
  }

  state(): ProcessState {
    const { name, host, bus, store } = this.#options;
    const { queuedSamples, droppedSamples, invalidMessages } = bus.counters();
    const database = store()?.state() ?? null;
    return {
      name,
      host,
      version: this.#version,
      nodeVersion: process.versions.node,
      startedAtMs: this.#startedAtMs,
      cpuPercent: this.#measureCpu(),
      rssBytes: process.memoryUsage.rss(),
      queuedSamples,
      droppedSamples,
      invalidMessages,
      database: database === null ? null : { up: database.connected, reason: database.reason },
    };
  }

  #measureCpu(): number | null {
    const nowMs = performance.now();
    const spanMs = nowMs - this.#measuredAtMs;
    if (spanMs < MIN_SPAN_MS) return this.#cpuPercent;
    const cpuMicros = totalCpuMicros();
    this.#cpuPercent = (100 * (cpuMicros - this.#cpuMicros)) / (spanMs * MICROS_PER_MS);
    this.#cpuMicros = cpuMicros;
    this.#measuredAtMs = nowMs;
    return this.#cpuPercent;
  }
}

function totalCpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
