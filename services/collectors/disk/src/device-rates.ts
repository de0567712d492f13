import type { DiskCounters } from '@perfwatch/procfs';
import { roundMetric, type CounterDeltas } from '@perfwatch/service-kit';
import type { DeviceMetrics, DiskTotals } from './declaration.ts';

/** Of every device, and of no other size: the kernel counts so. */
const SECTOR_BYTES = 512;
/** Times are an `unsigned int` in every kernel, and so is a sector count where `long` has 32 bits. */
const WRAP = { wrapAt: 2 ** 32 };

/** What a device did between two ticks. Null: not known, or not counted by this kernel. */
export interface DeviceDeltas {
  readonly reads: number;
  readonly writes: number;
  readonly bytesRead: number | null;
  readonly bytesWritten: number | null;
  readonly bytesDiscarded: number | null;
  readonly readMs: number | null;
  readonly writeMs: number | null;
  readonly ioMs: number | null;
  readonly weightedMs: number | null;
}

/**
 * What a device did since the previous tick; null at the first, after it was away and after its counters were reset. A device that is
 * made anew counts everything anew, so that requests tell: if one kind of them fell, the rest is no wrap either.
 */
export function deviceDeltas(counters: CounterDeltas, disk: DiskCounters): DeviceDeltas | null {
  const { name } = disk;
  const bytes = (key: string, sectors: number | null) => {
    const delta = counters.delta(`${name} ${key}`, sectors, WRAP);
    return delta === null ? null : delta * SECTOR_BYTES;
  };
  const ms = (key: string, value: number) => counters.delta(`${name} ${key}`, value, WRAP);
  const requests = [disk.reads, disk.readsMerged, disk.writes, disk.writesMerged, disk.discards ?? 0, disk.flushes ?? 0];
  const requestDeltas = counters.deltas(name, requests);
  // Asked for before it is known whether they count, since the next tick is compared with them.
  const deltas = {
    bytesRead: bytes('read', disk.sectorsRead),
    bytesWritten: bytes('written', disk.sectorsWritten),
    bytesDiscarded: bytes('discarded', disk.sectorsDiscarded),
    readMs: ms('readMs', disk.readMs),
    writeMs: ms('writeMs', disk.writeMs),
    ioMs: ms('ioMs', disk.ioMs),
    weightedMs: ms('weightedMs', disk.weightedMs),
  };
  if (requestDeltas === null) return null;
  const [reads = 0, , writes = 0] = requestDeltas;
  return { reads, writes, ...deltas };
}

const perSec = (delta: number | null | undefined, elapsedMs: number | null) =>
  delta === null || delta === undefined || elapsedMs === null || !(elapsedMs > 0) ? null : (delta * 1000) / elapsedMs;

/** What a request took on average; null when there was none. */
const latency = (ms: number | null | undefined, requests: number | undefined) =>
  ms === null || ms === undefined || requests === undefined || requests === 0 ? null : roundMetric(ms / requests);

/** The metrics of a device. `hasDiscards`: this kernel counts them. */
export function deviceMetrics(
  deltas: DeviceDeltas | null,
  { elapsedMs, hasDiscards }: { elapsedMs: number | null; hasDiscards: boolean },
): DeviceMetrics {
  const busy = perSec(deltas?.ioMs, elapsedMs);
  const weighted = perSec(deltas?.weightedMs, elapsedMs);
  const metrics: DeviceMetrics = {
    read_bytes_per_sec: roundMetric(perSec(deltas?.bytesRead, elapsedMs)),
    write_bytes_per_sec: roundMetric(perSec(deltas?.bytesWritten, elapsedMs)),
    read_ops_per_sec: roundMetric(perSec(deltas?.reads, elapsedMs)),
    write_ops_per_sec: roundMetric(perSec(deltas?.writes, elapsedMs)),
    read_latency_ms: latency(deltas?.readMs, deltas?.reads),
    write_latency_ms: latency(deltas?.writeMs, deltas?.writes),
    queue_depth_count: weighted === null ? null : roundMetric(weighted / 1000),
    // The time of a request that took longer than a tick is counted when it ends, and a clock tick more or less besides.
    utilization_percent: busy === null ? null : roundMetric(Math.min(100, busy / 10)),
  };
  if (hasDiscards) metrics.discard_bytes_per_sec = roundMetric(perSec(deltas?.bytesDiscarded, elapsedMs));
  return metrics;
}

/** Sums of what is known of the physical disks; null where nothing is. */
export class TotalDeltas {
  #bytesRead: number | null = null;
  #bytesWritten: number | null = null;
  #reads: number | null = null;
  #writes: number | null = null;

  add(deltas: DeviceDeltas | null): void {
    if (deltas === null) return;
    const sum = (total: number | null, delta: number | null) => (delta === null ? total : (total ?? 0) + delta);
    this.#bytesRead = sum(this.#bytesRead, deltas.bytesRead);
    this.#bytesWritten = sum(this.#bytesWritten, deltas.bytesWritten);
    this.#reads = sum(this.#reads, deltas.reads);
    this.#writes = sum(this.#writes, deltas.writes);
  }

  metrics(elapsedMs: number | null): DiskTotals {
    return {
      read_bytes_per_sec: roundMetric(perSec(this.#bytesRead, elapsedMs)),
      write_bytes_per_sec: roundMetric(perSec(this.#bytesWritten, elapsedMs)),
      read_ops_per_sec: roundMetric(perSec(this.#reads, elapsedMs)),
      write_ops_per_sec: roundMetric(perSec(this.#writes, elapsedMs)),
    };
  }
}
