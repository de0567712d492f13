import type { PerfEventGroup } from '@perfwatch/contract';
import type { PerfEventName } from '@perfwatch/perf-event';

/** A figure that one event alone gives: `factor` times its count per second. */
export interface RateOf {
  readonly metric: RateMetric;
  readonly event: string;
  readonly factor: number;
}

/** A figure that two events of one group give: `factor` times part / whole. */
export interface RatioOf {
  readonly metric: RatioMetric;
  readonly part: PerfEventName;
  /** Null: the time that the group was enabled, in nanoseconds. */
  readonly whole: PerfEventName | null;
  readonly factor: number;
}

/** What is counted together, in order of importance, and what it gives. */
export interface EventGroup {
  readonly name: PerfEventGroup;
  readonly events: readonly string[];
  readonly rates: readonly RateOf[];
  readonly ratios: readonly RatioOf[];
}

const MS_PER_NS = 1e-6;
const MHZ_PER_CYCLE_PER_NS = 1000;
const PERCENT = 100;
const PER_KILO = 1000;

export const RATIO_METRICS = [
  'ipc_ratio',
  'effective_frequency_mhz',
  'branch_miss_percent',
  'l1d_miss_percent',
  'llc_miss_percent',
  'dtlb_miss_percent',
  'itlb_miss_percent',
  'llc_misses_per_kilo_instruction_ratio',
] as const;
export type RatioMetric = (typeof RATIO_METRICS)[number];

export const RATE_METRICS = [
  'cycles_per_sec',
  'instructions_per_sec',
  'branches_per_sec',
  'branch_misses_per_sec',
  'l1d_loads_per_sec',
  'l1d_load_misses_per_sec',
  'llc_loads_per_sec',
  'llc_load_misses_per_sec',
  'l1i_loads_per_sec',
  'dtlb_loads_per_sec',
  'dtlb_load_misses_per_sec',
  'itlb_loads_per_sec',
  'itlb_load_misses_per_sec',
  'cpu_clock_ms_per_sec',
  'context_switches_per_sec',
  'cpu_migrations_per_sec',
  'page_faults_per_sec',
  'package_watts',
  'dram_watts',
] as const;
export type RateMetric = (typeof RATE_METRICS)[number];

const rate = (metric: RateMetric, event: PerfEventName, factor = 1): RateOf => ({ metric, event, factor });
const percent = (metric: RatioMetric, part: PerfEventName, whole: PerfEventName): RatioOf => ({ metric, part, whole, factor: PERCENT });

/** Every group but power, whose events the machine names itself. */
export const EVENT_GROUPS: readonly EventGroup[] = [
  {
    name: 'software',
    events: ['cpu-clock', 'context-switches', 'cpu-migrations', 'page-faults'],
    rates: [
      rate('cpu_clock_ms_per_sec', 'cpu-clock', MS_PER_NS),
      rate('context_switches_per_sec', 'context-switches'),
      rate('cpu_migrations_per_sec', 'cpu-migrations'),
      rate('page_faults_per_sec', 'page-faults'),
    ],
    ratios: [],
  },
  {
    name: 'core',
    events: ['cycles', 'instructions', 'branches', 'branch-misses'],
    rates: [
      rate('cycles_per_sec', 'cycles'),
      rate('instructions_per_sec', 'instructions'),
      rate('branches_per_sec', 'branches'),
      rate('branch_misses_per_sec', 'branch-misses'),
    ],
    ratios: [
      { metric: 'ipc_ratio', part: 'instructions', whole: 'cycles', factor: 1 },
      { metric: 'effective_frequency_mhz', part: 'cycles', whole: null, factor: MHZ_PER_CYCLE_PER_NS },
      percent('branch_miss_percent', 'branch-misses', 'branches'),
    ],
  },
  {
    name: 'l1d',
    events: ['L1-dcache-loads', 'L1-dcache-load-misses'],
    rates: [rate('l1d_loads_per_sec', 'L1-dcache-loads'), rate('l1d_load_misses_per_sec', 'L1-dcache-load-misses')],
    ratios: [percent('l1d_miss_percent', 'L1-dcache-load-misses', 'L1-dcache-loads')],
  },
  {
    name: 'llc',
    events: ['LLC-loads', 'LLC-load-misses', 'instructions'],
    rates: [rate('llc_loads_per_sec', 'LLC-loads'), rate('llc_load_misses_per_sec', 'LLC-load-misses')],
    ratios: [
      percent('llc_miss_percent', 'LLC-load-misses', 'LLC-loads'),
      { metric: 'llc_misses_per_kilo_instruction_ratio', part: 'LLC-load-misses', whole: 'instructions', factor: PER_KILO },
    ],
  },
  {
    name: 'dtlb',
    events: ['dTLB-loads', 'dTLB-load-misses'],
    rates: [rate('dtlb_loads_per_sec', 'dTLB-loads'), rate('dtlb_load_misses_per_sec', 'dTLB-load-misses')],
    ratios: [percent('dtlb_miss_percent', 'dTLB-load-misses', 'dTLB-loads')],
  },
  {
    name: 'itlb',
    events: ['iTLB-loads', 'iTLB-load-misses', 'L1-icache-loads'],
    rates: [
      rate('itlb_loads_per_sec', 'iTLB-loads'),
      rate('itlb_load_misses_per_sec', 'iTLB-load-misses'),
      rate('l1i_loads_per_sec', 'L1-icache-loads'),
    ],
    ratios: [percent('itlb_miss_percent', 'iTLB-load-misses', 'iTLB-loads')],
  },
];
