import type { PerfKernel } from '@perfwatch/perf-event';
import type { HostFs } from '@perfwatch/procfs';
import { roundMetric, type CollectorReader, type CollectorReading, type CollectorTick } from '@perfwatch/service-kit';
import type { Lacking, MemoryBandwidthMetrics } from './declaration.ts';
import { DramSource } from './dram-source.ts';
import { TRAFFIC_METRICS } from './dram-traffic.ts';
import { NumaNodes } from './numa-nodes.ts';
import { PagingRates } from './paging-rates.ts';

export interface MemoryBandwidthOptions {
  readonly fs: HostFs;
  /** The counters of the monitored machine; asked for only where it has a PMU that counts memory traffic. */
  readonly openKernel: () => PerfKernel;
  /** What the memory can do; null where that is not known. */
  readonly ceilingBytesPerSec: number | null;
}

/** How often nodes, PMUs and groups are looked for. */
const DISCOVERY_PACE_MS = 10_000;
const NO_CEILING: Lacking = {
  dram_usage_percent:
    'What the memory can do is not known: measure it with a benchmark such as STREAM, and set PERFWATCH_MEMORY_BANDWIDTH_BYTES_PER_SEC',
};

/** Reads paging, NUMA nodes and memory traffic once a tick. */
export class MemoryBandwidthReader implements CollectorReader<CollectorReading<MemoryBandwidthMetrics>> {
  readonly #fs: HostFs;
  readonly #ceilingBytesPerSec: number | null;
  readonly #paging: PagingRates;
  readonly #nodes: NumaNodes;
  readonly #dram: DramSource;
  #sinceDiscoveryMs = 0;
  #lackingParts: readonly Lacking[] = [];
  #lacking: Lacking = {};

  constructor({ fs, openKernel, ceilingBytesPerSec }: MemoryBandwidthOptions) {
    this.#fs = fs;
    this.#ceilingBytesPerSec = ceilingBytesPerSec;
    this.#paging = new PagingRates(fs);
    this.#nodes = new NumaNodes(fs);
    this.#dram = new DramSource({ fs, openKernel });
  }

  read({ elapsedMs }: CollectorTick): CollectorReading<MemoryBandwidthMetrics> {
    this.#discover(elapsedMs ?? 0);
    const metrics: MemoryBandwidthMetrics = {};
    const hasPaging = this.#paging.read(metrics, elapsedMs);
    const node = this.#nodes.read(elapsedMs);
    if (Object.keys(node).length > 0) metrics.node = node;
    this.#readDram(metrics, elapsedMs);
    const reason = this.#fs.faultOfProc('vmstat') ?? this.#nodes.fault ?? this.#dram.fault;
    const isNothing = !hasPaging && metrics.node === undefined && Object.keys(this.#dram.sources).length === 0;
    if (isNothing) return { metrics: {}, status: 'unavailable', reason };
    return { metrics, status: reason === null ? 'ok' : 'partial', reason, unavailable: this.#unavailable(), sources: this.#dram.sources };
  }

  close(): void {
    this.#dram.close();
  }

  #discover(elapsedMs: number): void {
    this.#sinceDiscoveryMs += elapsedMs;
    if (this.#sinceDiscoveryMs < DISCOVERY_PACE_MS) return;
    this.#sinceDiscoveryMs = 0;
    this.#nodes.discover();
    this.#dram.discover();
  }

  #readDram(metrics: MemoryBandwidthMetrics, elapsedMs: number | null): void {
    const traffic = this.#dram.read(elapsedMs);
    metrics[TRAFFIC_METRICS.read] = traffic.read;
    metrics[TRAFFIC_METRICS.write] = traffic.write;
    metrics[TRAFFIC_METRICS.total] = traffic.total;
    const ceiling = this.#ceilingBytesPerSec;
    const isKnown = traffic.total !== null && ceiling !== null && ceiling > 0;
    // A configured ceiling can be lower than what the memory does.
    metrics.dram_usage_percent = isKnown ? roundMetric(Math.min(100, (100 * traffic.total) / ceiling)) : null;
  }

  /** What every part lacks, put together only when one of them changed. */
  #unavailable(): Lacking {
    const [paging, nodes, dram] = [this.#paging.lacking, this.#nodes.lacking, this.#dram.lacking];
    const parts = [paging, nodes, dram];
    if (parts.every((part, index) => part === this.#lackingParts[index])) return this.#lacking;
    const noTotal = dram[TRAFFIC_METRICS.total];
    const noUsage = noTotal === undefined ? {} : { dram_usage_percent: noTotal };
    this.#lackingParts = parts;
    this.#lacking = { ...paging, ...nodes, ...dram, ...(this.#ceilingBytesPerSec === null ? NO_CEILING : noUsage) };
    return this.#lacking;
  }
}
