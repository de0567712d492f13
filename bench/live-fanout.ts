import { setTimeout as delay } from 'node:timers/promises';
import { openBus } from '@perfwatch/bus';
import { subjects, type Metrics } from '@perfwatch/contract';
import { createLogger } from '@perfwatch/service-kit';
import { cpuMs, percentile } from './process-cost.ts';

export interface LiveFanOutOptions {
  /** Opens one viewer, which calls back with the time each Sample carries: `sent_ms`. */
  open: (onSample: (sentMs: number) => void) => Promise<{ close: () => void }>;
  /** NATS with the right to publish Samples. */
  natsUrl: string;
  /** Process whose CPU time is measured. */
  serverPid: number;
  viewers?: number;
  collectors?: number;
  /** Instances of one dimension in each Sample, with ten numbers each; 8 give 2.3 kB. */
  instances?: number;
  intervalMs?: number;
  ticks?: number;
}

export interface LiveFanOutResult {
  viewers: number;
  deliveries: number;
  /** Deliveries that did not arrive. */
  lost: number;
  sampleBytes: number;
  /** From publishing on NATS to the bytes in the viewer's hands. */
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** CPU time of the server's process, less what it takes when nothing is published. */
  cpuMicrosPerDelivery: number;
  idleCpuPercent: number;
}

const IDLE_MS = 3000;
const SETTLE_MS = 500;
const WARM_UP_TICKS = 20;
const WARM_UP_INTERVAL_MS = 100;

const wallClockMs = (): number => performance.timeOrigin + performance.now();

/** Numbers as the cpu collector has them. */
function metricsOf(instances: number, seq: number): Metrics {
  const values = (index: number) =>
    Object.fromEntries(
      ['usage', 'user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal', 'guest'].map((name, column) => [
        `${name}_percent`,
        Math.round(((seq * 7919 + index * 104_729 + column * 1299) % 10_000) * 100) / 10_000,
      ]),
    );
  return { ...values(0), core: Object.fromEntries(Array.from({ length: instances }, (_, index) => [String(index), values(index)])) };
}

/** Publishes Samples as collectors do, all of a tick at once, and measures how they reach many viewers. */
export async function measureLiveFanOut(options: LiveFanOutOptions): Promise<LiveFanOutResult> {
  const { open, natsUrl, serverPid, viewers = 200, collectors = 3, instances = 8, intervalMs = 1000, ticks = 20 } = options;
  const bus = openBus({ servers: natsUrl, name: 'live fan-out benchmark', log: createLogger({ level: 'error', name: 'bench' }) });
  const latencies: number[] = [];
  const opened: { close: () => void }[] = [];
  let sampleBytes = 0;
  const publishTick = (seq: number): void => {
    for (let index = 0; index < collectors; index++) {
      const collector = `fanout-${index}`;
      const metrics = { sent_ms: wallClockMs(), ...metricsOf(instances, seq) };
      const sample = { host: 'bench', collector, ts: new Date().toISOString(), run: 'bench', seq, interval_ms: intervalMs, metrics };
      sampleBytes = JSON.stringify(sample).length;
      bus.publish(subjects.metrics('bench', collector), sample);
    }
  };
  try {
    await bus.connected(10_000);
    for (let index = 0; index < viewers; index++) {
      opened.push(await open((sentMs) => latencies.push(wallClockMs() - sentMs)));
    }
    // The first ticks find everything cold.
    for (let seq = 0; seq < WARM_UP_TICKS; seq++) {
      publishTick(seq);
      await delay(WARM_UP_INTERVAL_MS);
    }
    const idleFromMs = cpuMs(serverPid);
    await delay(IDLE_MS);
    const idleShare = (cpuMs(serverPid) - idleFromMs) / IDLE_MS;
    latencies.length = 0;
    const startedMs = performance.now();
    const busyFromMs = cpuMs(serverPid);
    for (let seq = 0; seq < ticks; seq++) {
      publishTick(seq + WARM_UP_TICKS);
      await delay(intervalMs);
    }
    await delay(SETTLE_MS);
    const busyMs = cpuMs(serverPid) - busyFromMs - idleShare * (performance.now() - startedMs);
    return {
      viewers,
      deliveries: latencies.length,
      lost: viewers * collectors * ticks - latencies.length,
      sampleBytes,
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
      maxMs: percentile(latencies, 1),
      cpuMicrosPerDelivery: (busyMs * 1000) / latencies.length,
      idleCpuPercent: idleShare * 100,
    };
  } finally {
    for (const viewer of opened) viewer.close();
    await bus.close();
  }
}
