import type { MetricValue } from '@perfwatch/contract';
import type { DeclaredMetrics, DimensionDeclarations, MetricDeclaration, MetricDeclarations } from '@perfwatch/service-kit';
import type { RateMetric, RatioMetric } from './event-groups.ts';

const TOTAL = 'Sum over the CPUs counted on; there when every one of them counts the event';

const rate = (title: string, event: string, help: string) =>
  ({
    title,
    unit: 'per_sec',
    kind: 'rate',
    help: `${help}. ${TOTAL}`,
    source: `perf_event_open(2), ${event}`,
  }) as const satisfies MetricDeclaration;
const missPercent = (title: string, help: string, events: string) =>
  ({
    title,
    unit: 'percent',
    kind: 'rate',
    help,
    source: `perf_event_open(2), ${events} of one group`,
  }) as const satisfies MetricDeclaration;
const watts = (title: string, event: string, help: string) =>
  ({
    title,
    unit: 'watts',
    kind: 'rate',
    help,
    source: `perf_event_open(2), PMU power, ${event} (RAPL)`,
  }) as const satisfies MetricDeclaration;

const CLAMP = 'Misses of speculation and prefetching can exceed the loads that are counted: at most 100 is shown';

const RATIOS = {
  ipc_ratio: {
    title: 'Instructions per cycle',
    unit: 'ratio',
    kind: 'rate',
    help: 'Instructions finished in a cycle of the clock. Over all CPUs: sum of instructions by sum of cycles, different kinds of cores together; each core has its own',
    source: 'perf_event_open(2), instructions and cycles of one group',
  },
  effective_frequency_mhz: {
    title: 'Effective frequency',
    unit: 'mhz',
    kind: 'rate',
    help: 'Cycles that a CPU did in a microsecond, idle time included, when the clock stands still: what it delivered, as Avg_MHz of turbostat(8) and GHz of perf stat -a. Mean of the CPUs. How fast the clock runs while it runs is the frequency of the collector cpu',
    source: 'perf_event_open(2), cycles and the time its group was enabled',
  },
  branch_miss_percent: missPercent('Branches mispredicted', 'branch-misses / branches', 'branches and branch-misses'),
  l1d_miss_percent: missPercent(
    'L1d misses',
    `Loads that the first data cache did not hold. ${CLAMP}`,
    'L1-dcache-loads and L1-dcache-load-misses',
  ),
  llc_miss_percent: missPercent(
    'LLC misses',
    `Loads that reached the last cache and went on to memory. ${CLAMP}`,
    'LLC-loads and LLC-load-misses',
  ),
  dtlb_miss_percent: missPercent(
    'dTLB misses',
    `Loads whose address was not in the translation cache for data. ${CLAMP}`,
    'dTLB-loads and dTLB-load-misses',
  ),
  itlb_miss_percent: missPercent(
    'iTLB misses',
    `Look-ups that the translation cache for instructions could not answer. ${CLAMP}; some Intel PMUs count as loads only what the second level answered`,
    'iTLB-loads and iTLB-load-misses',
  ),
  llc_misses_per_kilo_instruction_ratio: {
    title: 'LLC misses per 1000 instructions',
    unit: 'ratio',
    kind: 'rate',
    help: 'Loads that went to memory, by the work done meanwhile (MPKI)',
    source: 'perf_event_open(2), LLC-load-misses and instructions of one group',
  },
} as const satisfies Readonly<Record<RatioMetric, MetricDeclaration>>;

const RATES = {
  cycles_per_sec: rate('Cycles', 'cycles', 'Cycles of the clock while not idle'),
  instructions_per_sec: rate('Instructions', 'instructions', 'Instructions finished'),
  branches_per_sec: rate('Branches', 'branches', 'Branch instructions finished'),
  branch_misses_per_sec: rate('Branch misses', 'branch-misses', 'Branches that went another way than predicted'),
  l1d_loads_per_sec: rate('L1d loads', 'L1-dcache-loads', 'Loads from the first data cache'),
  l1d_load_misses_per_sec: rate('L1d load misses', 'L1-dcache-load-misses', 'Loads that it did not hold'),
  llc_loads_per_sec: rate('LLC loads', 'LLC-loads', 'Loads that reached the last cache'),
  llc_load_misses_per_sec: rate('LLC load misses', 'LLC-load-misses', 'Loads that it did not hold'),
  l1i_loads_per_sec: rate('L1i loads', 'L1-icache-loads', 'Fetches from the first instruction cache'),
  dtlb_loads_per_sec: rate('dTLB loads', 'dTLB-loads', 'Look-ups of the address of data'),
  dtlb_load_misses_per_sec: rate('dTLB load misses', 'dTLB-load-misses', 'Look-ups that its translation cache did not hold'),
  itlb_loads_per_sec: rate('iTLB loads', 'iTLB-loads', 'Look-ups of the address of instructions'),
  itlb_load_misses_per_sec: rate('iTLB load misses', 'iTLB-load-misses', 'Look-ups that its translation cache did not hold'),
  cpu_clock_ms_per_sec: rate('CPU clock, ms', 'cpu-clock', 'Milliseconds of the CPUs that were counted on, busy or idle: 1000 for each'),
  context_switches_per_sec: rate('Context switches', 'context-switches', 'From one task to another'),
  cpu_migrations_per_sec: rate('CPU migrations', 'cpu-migrations', 'Tasks that went on on another CPU'),
  page_faults_per_sec: rate('Page faults', 'page-faults', 'Pages mapped on first use or read from disk'),
  package_watts: watts('Package power', 'energy-pkg', 'Power of all processor packages, whatever CPUs are chosen'),
  dram_watts: watts(
    'Memory power',
    'energy-ram',
    'Power of the memory of all packages, whatever CPUs are chosen. Servers have it, most others do not',
  ),
} as const satisfies Readonly<Record<RateMetric, MetricDeclaration>>;

export const METRICS = { ...RATIOS, ...RATES } as const satisfies MetricDeclarations;

export const DIMENSIONS = {
  core: {
    title: 'Core',
    help: 'CPUs as Linux numbers them. A core of another kind (cpu_atom, cpu_core) may lack what others have',
    metrics: RATIOS,
  },
  group: {
    title: 'Group',
    help: 'Events that count together. Where there are more of them than counters they take turns, and counts are scaled up',
    metrics: {
      running_percent: {
        title: 'Counting',
        unit: 'percent',
        kind: 'rate',
        help: 'Share of the time that the group was counting, on the CPU where it was least. Below 5 the counts are guesses, and the Sample is partial',
        source: 'perf_event_open(2), time_running / time_enabled',
      },
    },
  },
} as const satisfies DimensionDeclarations;

export type PerfEventMetrics = DeclaredMetrics<typeof METRICS, typeof DIMENSIONS>;
export type CoreRatios = { -readonly [Name in RatioMetric]?: MetricValue };
