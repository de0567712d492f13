import { parseLoadavg, parseProcStat, type HostFs, type ProcStat } from '@perfwatch/procfs';
import { CounterDeltas, roundMetric, type CollectorReader, type CollectorReading, type CollectorTick } from '@perfwatch/service-kit';
import { CpuFrequencies } from './cpu-frequencies.ts';
import { CpuTemperatures, meanOf } from './cpu-temperatures.ts';
import { addTime, missingModes, noTime, sharesOf, spentTime } from './cpu-time.ts';
import type { CpuMetrics, CpuShares } from './declaration.ts';

type Unavailable = Record<string, string>;

/** Counters of /proc/stat that became rates, with what a kernel without them lacks. */
const RATES = [
  ['context_switches_per_sec', 'contextSwitches'],
  ['interrupts_per_sec', 'interrupts'],
  ['softirqs_per_sec', 'softirqs'],
  ['forks_per_sec', 'forks'],
] as const satisfies readonly (readonly [keyof CpuMetrics, keyof ProcStat])[];

const STATES = [
  ['procs_running_count', 'runningProcesses'],
  ['procs_blocked_count', 'blockedProcesses'],
] as const satisfies readonly (readonly [keyof CpuMetrics, keyof ProcStat])[];

/** Reads /proc/stat, /proc/loadavg, cpufreq and the temperature sensors once a tick. */
export class CpuReader implements CollectorReader<CollectorReading<CpuMetrics>> {
  readonly #fs: HostFs;
  readonly #counters = new CounterDeltas();
  readonly #frequencies: CpuFrequencies;
  readonly #temperatures: CpuTemperatures;

  constructor({ fs, nowMs }: { fs: HostFs; nowMs: () => number }) {
    this.#fs = fs;
    this.#frequencies = new CpuFrequencies({ fs, nowMs });
    this.#temperatures = new CpuTemperatures(fs);
  }

  read({ elapsedMs }: CollectorTick): CollectorReading<CpuMetrics> {
    const stat = this.#fs.parseProc('stat', parseProcStat);
    const load = this.#fs.parseProc('loadavg', parseLoadavg);
    const unavailable: Unavailable = {};
    const metrics: CpuMetrics = {};
    if (stat !== null) this.#readStat({ stat, elapsedMs, metrics, unavailable });
    this.#counters.endTick();
    if (load !== null) Object.assign(metrics, { load_1m: load.load1m, load_5m: load.load5m, load_15m: load.load15m } satisfies CpuMetrics);
    if (stat === null && load === null) return { metrics: {}, status: 'unavailable', reason: this.#fs.faultOfProc('stat') };
    this.#readTemperatures({ elapsedMs, metrics, unavailable });
    const reason = this.#fs.faultOfProc('stat') ?? this.#fs.faultOfProc('loadavg');
    return { metrics, status: reason === null ? 'ok' : 'partial', reason, unavailable };
  }

  #readStat({ stat, elapsedMs, metrics, unavailable }: ReadInto & { stat: ProcStat }): void {
    this.#readTimes(stat, metrics, unavailable);
    for (const [metric, field] of RATES) {
      metrics[metric] = roundMetric(this.#counters.perSec(field, stat[field], elapsedMs));
      if (stat[field] === null) unavailable[metric] = 'This kernel does not count them in /proc/stat';
    }
    for (const [metric, field] of STATES) {
      metrics[metric] = stat[field];
      if (stat[field] === null) unavailable[metric] = 'This kernel does not tell in /proc/stat';
    }
    this.#readFrequencies({ elapsedMs, metrics, unavailable });
  }

  /** The whole is the sum of the cores: the kernel's own total jumps when a CPU goes offline or comes back. */
  #readTimes(stat: ProcStat, metrics: CpuMetrics, unavailable: Unavailable): void {
    const missing = missingModes((stat.total ?? stat.cpus.values().next().value)?.length ?? 0);
    const sum = noTime();
    let isCounted = false;
    const core: Record<string, CpuShares> = {};
    for (const [cpu, times] of stat.cpus) {
      const spent = spentTime(this.#counters, `cpu${cpu}`, times);
      core[cpu] = sharesOf(spent, missing);
      if (spent === null) continue;
      isCounted = true;
      addTime(sum, spent);
    }
    if (stat.cpus.size > 0) {
      Object.assign(metrics, sharesOf(isCounted ? sum : null, missing), { core, core_count: stat.cpus.size } satisfies CpuMetrics);
    } else {
      const spent = stat.total === null ? null : spentTime(this.#counters, 'cpu', stat.total);
      Object.assign(metrics, sharesOf(spent, missing), { core_count: null } satisfies CpuMetrics);
      unavailable['core'] = unavailable['core_count'] = 'The /proc/stat of this machine does not tell its cores apart';
    }
    for (const metric of missing) {
      unavailable[metric] = unavailable[`core.${metric}`] = 'This kernel does not count it in /proc/stat';
    }
  }

  #readFrequencies({ elapsedMs, metrics, unavailable }: ReadInto): void {
    const core = metrics.core ?? {};
    const cpus = Object.keys(core).map(Number);
    const frequencies = this.#frequencies.read(cpus, elapsedMs);
    const known: number[] = [];
    for (const cpu of cpus) {
      const mhz = frequencies.mhzByCpu.get(cpu);
      const shares = core[cpu];
      if (shares === undefined || frequencies.unavailable !== null) continue;
      shares.frequency_mhz = roundMetric(mhz ?? null);
      if (mhz !== undefined) known.push(mhz);
    }
    metrics.frequency_mhz = roundMetric(meanOf(known));
    if (frequencies.unavailable !== null) {
      unavailable['frequency_mhz'] = unavailable['core.frequency_mhz'] = frequencies.unavailable;
    }
  }

  #readTemperatures({ elapsedMs, metrics, unavailable }: ReadInto): void {
    const temperatures = this.#temperatures.read(elapsedMs);
    metrics.temperature_celsius = roundMetric(temperatures.celsius);
    if (temperatures.unavailable !== null) {
      unavailable['temperature_celsius'] = unavailable['sensor'] = temperatures.unavailable;
      return;
    }
    const sensor: NonNullable<CpuMetrics['sensor']> = {};
    for (const [name, celsius] of temperatures.celsiusBySensor) sensor[name] = { temperature_celsius: roundMetric(celsius) };
    metrics.sensor = sensor;
  }
}

interface ReadInto {
  elapsedMs: number | null;
  metrics: CpuMetrics;
  unavailable: Unavailable;
}
