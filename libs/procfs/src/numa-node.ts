import { ProcfsParseError, shown } from './parse-error.ts';

const KIB = 1024;

/** Pages that were allocated on a NUMA node since boot. */
export interface NumaAllocations {
  /** On the node they were meant for. */
  readonly hits: number;
  /** On this node, but meant for another. */
  readonly misses: number;
}

const HITS = /^numa_hit (\d{1,20})$/m;
const MISSES = /^numa_miss (\d{1,20})$/m;

/** Parses `numastat` of a NUMA node. Throws ProcfsParseError. See the kernel's admin-guide/numastat. */
export function parseNumastat(text: string): NumaAllocations {
  const [, hits] = HITS.exec(text) ?? [];
  const [, misses] = MISSES.exec(text) ?? [];
  if (hits === undefined || misses === undefined) {
    throw new ProcfsParseError('/sys/devices/system/node/*/numastat', `${shown(text)} has no numa_hit and numa_miss`);
  }
  return { hits: Number(hits), misses: Number(misses) };
}

/** Free memory in bytes from `meminfo` of a NUMA node, whose lines begin with `Node 0`. Throws ProcfsParseError. */
export function parseNodeFreeBytes(text: string): number {
  const match = /^Node \d{1,5} MemFree:\s+(\d{1,15}) kB$/m.exec(text);
  if (match === null) throw new ProcfsParseError('/sys/devices/system/node/*/meminfo', 'has no MemFree');
  return Number(match[1]) * KIB;
}
