import type { PerfEventAttr } from './perf-kernel.ts';

const PERF_TYPE_HARDWARE = 0;
const PERF_TYPE_SOFTWARE = 1;
const PERF_TYPE_HW_CACHE = 3;

/** PERF_COUNT_HW_CACHE_*. */
const CACHE = { l1d: 0, l1i: 1, ll: 2, dtlb: 3, itlb: 4 } as const;
const RESULT = { access: 0, miss: 1 } as const;
/** Where the operation and the result begin in the config of a cache event, and the PMU's type in that of an extended one, by bit. */
const OPERATION_SHIFT = 8n;
const RESULT_SHIFT = 16n;
const PMU_TYPE_SHIFT = 32n;
const READ_OPERATION = 0n;

const hardware = (config: bigint): PerfEventAttr => ({ type: PERF_TYPE_HARDWARE, config });
const software = (config: bigint): PerfEventAttr => ({ type: PERF_TYPE_SOFTWARE, config });
const cacheReads = (cache: keyof typeof CACHE, result: keyof typeof RESULT): PerfEventAttr => ({
  type: PERF_TYPE_HW_CACHE,
  config: BigInt(CACHE[cache]) | (READ_OPERATION << OPERATION_SHIFT) | (BigInt(RESULT[result]) << RESULT_SHIFT),
});

/** The events that Linux knows on every PMU that has them, by the names of perf-list(1). See perf_event_open(2). */
export const PERF_EVENTS = {
  'cpu-clock': software(0n),
  'page-faults': software(2n),
  'context-switches': software(3n),
  'cpu-migrations': software(4n),
  cycles: hardware(0n),
  instructions: hardware(1n),
  branches: hardware(4n),
  'branch-misses': hardware(5n),
  'L1-dcache-loads': cacheReads('l1d', 'access'),
  'L1-dcache-load-misses': cacheReads('l1d', 'miss'),
  'L1-icache-loads': cacheReads('l1i', 'access'),
  'LLC-loads': cacheReads('ll', 'access'),
  'LLC-load-misses': cacheReads('ll', 'miss'),
  'dTLB-loads': cacheReads('dtlb', 'access'),
  'dTLB-load-misses': cacheReads('dtlb', 'miss'),
  'iTLB-loads': cacheReads('itlb', 'access'),
  'iTLB-load-misses': cacheReads('itlb', 'miss'),
} as const satisfies Readonly<Record<string, PerfEventAttr>>;
export type PerfEventName = keyof typeof PERF_EVENTS;

/**
 * A hardware or cache event on one PMU of a machine that has several kinds of cores: its `type` in the high half of config
 * (PERF_PMU_TYPE_SHIFT, Linux 5.13). Software events belong to no PMU and stay as they are.
 */
export function onPmu(attr: PerfEventAttr, pmuType: number): PerfEventAttr {
  return attr.type === PERF_TYPE_SOFTWARE ? attr : { ...attr, config: attr.config | (BigInt(pmuType) << PMU_TYPE_SHIFT) };
}
