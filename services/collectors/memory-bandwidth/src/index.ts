import { openPerfKernel, type PerfKernel } from '@perfwatch/perf-event';
import { defineCollector, type CollectorDefinition } from '@perfwatch/service-kit';
import { DIMENSIONS, METRICS } from './declaration.ts';
import { MemoryBandwidthReader } from './memory-bandwidth-reader.ts';

/** The collector over counters of `openKernel`, which is called only on machines with a PMU that counts memory traffic. */
export function memoryBandwidthCollectorWith({ openKernel }: { openKernel: () => PerfKernel }): CollectorDefinition {
  return defineCollector({
    name: 'memory-bandwidth',
    title: 'Memory bandwidth',
    help: 'What goes to and comes from memory and swap, page faults, reclaim and the NUMA nodes of this machine',
    metrics: METRICS,
    dimensions: DIMENSIONS,
    open: ({ fs, environment }) =>
      new MemoryBandwidthReader({ fs, openKernel, ceilingBytesPerSec: environment.memoryBandwidthBytesPerSec }),
  });
}

/** Paging, NUMA nodes and memory traffic of this machine. */
export const memoryBandwidthCollector = memoryBandwidthCollectorWith({ openKernel: openPerfKernel });
