import { parseNodeFreeBytes, parseNumastat, type HostFs } from '@perfwatch/procfs';
import { CounterDeltas, roundMetric } from '@perfwatch/service-kit';
import type { Lacking, MemoryBandwidthMetrics } from './declaration.ts';

type NodeMetrics = NonNullable<MemoryBandwidthMetrics['node']>;

const NODES = 'devices/system/node';
/** The kernel's own limit on x86 and Arm servers is 1024; machines have 1 to 8, some with accelerators a few dozen. */
const MAX_NODES = 128;
const NO_NODES: Lacking = { node: 'This kernel shows no NUMA nodes in /sys/devices/system/node: it is built without CONFIG_NUMA' };
const SWITCHED_OFF = 'The kernel is told not to count allocations: set vm.numa_stat to 1 with sysctl';
const NO_COUNTS: Lacking = { 'node.numa_hit_per_sec': SWITCHED_OFF, 'node.numa_miss_per_sec': SWITCHED_OFF };
const NOTHING: Lacking = {};

const byNumber = (one: string, other: string) => Number(one.slice('node'.length)) - Number(other.slice('node'.length));

/** Allocations and free memory of every NUMA node. */
export class NumaNodes {
  readonly #fs: HostFs;
  readonly #counters = new CounterDeltas();
  #names: readonly string[] = [];
  /** vm.numa_stat: 0 where the counters stand still. */
  #isCounting = true;
  #fault: string | null = null;

  constructor(fs: HostFs) {
    this.#fs = fs;
    this.discover();
  }

  /** Looks for nodes that came or went, and whether the kernel counts. Not for every tick. */
  discover(): void {
    const entries = this.#fs.listSys(NODES) ?? [];
    this.#names = entries
      .filter((entry) => /^node\d{1,4}$/.test(entry))
      .sort(byNumber)
      .slice(0, MAX_NODES);
    this.#isCounting = this.#fs.readProc('sys/vm/numa_stat')?.trim() !== '0';
  }

  /** Why something is missing on this machine, by path. */
  get lacking(): Lacking {
    if (this.#names.length === 0) return NO_NODES;
    return this.#isCounting ? NOTHING : NO_COUNTS;
  }

  /** What could not be read at the last tick, in one line; null when all could. */
  get fault(): string | null {
    return this.#fault;
  }

  /** By number of the node. A node that is gone is left out. */
  read(elapsedMs: number | null): NodeMetrics {
    const metrics: NodeMetrics = {};
    this.#fault = null;
    for (const name of this.#names) {
      const allocations = this.#fs.parseSys(`${NODES}/${name}/numastat`, parseNumastat);
      const freeBytes = this.#fs.parseSys(`${NODES}/${name}/meminfo`, parseNodeFreeBytes);
      if (allocations === null && freeBytes === null && this.#fs.listSys(`${NODES}/${name}`) === null) continue;
      if (allocations === null || freeBytes === null) {
        this.#fault ??= this.#fs.faultOfSys(`${NODES}/${name}/numastat`) ?? this.#fs.faultOfSys(`${NODES}/${name}/meminfo`);
      }
      const { hits = null, misses = null } = this.#isCounting ? (allocations ?? {}) : {};
      metrics[name.slice('node'.length)] = {
        numa_hit_per_sec: roundMetric(this.#counters.perSec(`${name} hits`, hits, elapsedMs)),
        numa_miss_per_sec: roundMetric(this.#counters.perSec(`${name} misses`, misses, elapsedMs)),
        free_bytes: freeBytes,
      };
    }
    this.#counters.endTick();
    return metrics;
  }
}
