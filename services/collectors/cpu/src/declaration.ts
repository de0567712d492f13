import type { DeclaredMetrics, DimensionDeclarations, MetricDeclaration, MetricDeclarations } from '@perfwatch/service-kit';

const TIME_SOURCE = '/proc/stat, proc_stat(5)';

const share = (title: string, help: string) =>
  ({ title, unit: 'percent', kind: 'rate', help, source: TIME_SOURCE }) as const satisfies MetricDeclaration;
const rate = (title: string, help: string) =>
  ({ title, unit: 'per_sec', kind: 'rate', help, source: TIME_SOURCE }) as const satisfies MetricDeclaration;
const count = (title: string, help: string) =>
  ({ title, unit: 'count', kind: 'gauge', help, source: TIME_SOURCE }) as const satisfies MetricDeclaration;
const load = (minutes: number) =>
  ({
    title: `Load, ${minutes} min`,
    unit: 'load',
    kind: 'gauge',
    help: 'Processes that run, wait for a CPU or wait uninterruptibly, mostly for disk, as a moving average',
    source: '/proc/loadavg, proc_loadavg(5)',
  }) as const satisfies MetricDeclaration;

const TIMES = {
  usage_percent: share('Busy', '100 - idle - iowait'),
  user_percent: share('User', 'Programs, without nice and without guests, as %usr of mpstat(1)'),
  nice_percent: share('Nice', 'Programs of lowered priority, without guests'),
  system_percent: share('System', 'The kernel on behalf of programs'),
  idle_percent: share('Idle', 'Nothing to run and no disk request pending'),
  iowait_percent: share('I/O wait', 'Nothing to run while a disk request was pending'),
  irq_percent: share('Interrupts', 'Hardware interrupts'),
  softirq_percent: share('Soft interrupts', 'Deferred work of interrupts: network, timers, block devices'),
  steal_percent: share('Steal', 'Ready to run, but the hypervisor ran another machine'),
  guest_percent: share('Guest', 'Virtual machines run by this one, those of lowered priority included'),
} as const satisfies MetricDeclarations;

export const METRICS = {
  ...TIMES,
  frequency_mhz: {
    title: 'Frequency',
    unit: 'mhz',
    kind: 'gauge',
    help: 'Mean of the online cores. Where there is no cpufreq, /proc/cpuinfo is asked every 10 s. Absent where neither tells',
    source: 'cpufreq/scaling_cur_freq, else /proc/cpuinfo',
  },
  load_1m: load(1),
  load_5m: load(5),
  load_15m: load(15),
  context_switches_per_sec: rate('Context switches', 'Switches from one thread to another, on all cores'),
  interrupts_per_sec: rate('Interrupts', 'Hardware interrupts served, on all cores'),
  softirqs_per_sec: rate('Soft interrupts', 'Soft interrupts served, on all cores'),
  forks_per_sec: rate('Forks', 'Processes and threads created'),
  procs_running_count: count('Running', 'Threads that run or wait for a CPU'),
  procs_blocked_count: count('Blocked', 'Threads that wait for disk'),
  core_count: count('Cores online', 'Logical CPUs the scheduler uses'),
  temperature_celsius: {
    title: 'Temperature',
    unit: 'celsius',
    kind: 'gauge',
    help: 'Mean of the CPU packages, else of the cores, else of the other sensors of the CPU. Absent where there is no sensor',
    source: '/sys/class/hwmon, else /sys/class/thermal',
  },
} as const satisfies MetricDeclarations;

export const DIMENSIONS = {
  core: {
    title: 'Core',
    help: 'One logical CPU, by the number the kernel gives it. Offline ones are absent',
    metrics: {
      ...TIMES,
      frequency_mhz: {
        title: 'Frequency',
        unit: 'mhz',
        kind: 'gauge',
        help: 'Absent where the kernel does not tell; null at a tick at which it took too long to',
        source: 'cpufreq/scaling_cur_freq, else /proc/cpuinfo',
      },
    },
  },
  sensor: {
    title: 'Sensor',
    help: 'A temperature sensor of the CPU, by driver and label',
    metrics: {
      temperature_celsius: {
        title: 'Temperature',
        unit: 'celsius',
        kind: 'gauge',
        help: 'Null while the sensor does not answer',
        source: '/sys/class/hwmon, else /sys/class/thermal',
      },
    },
  },
} as const satisfies DimensionDeclarations;

export type CpuMetrics = DeclaredMetrics<typeof METRICS, typeof DIMENSIONS>;
export type CpuShares = { -readonly [Name in keyof typeof TIMES]?: number | null };
