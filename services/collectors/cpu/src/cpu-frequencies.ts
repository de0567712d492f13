import { parseCpuinfoFrequencies, parseScalingFrequency, type HostFs } from '@perfwatch/procfs';

/** Which CPUs have cpufreq is looked up again after this long: a driver may have been loaded. */
const REDISCOVER_MS = 60_000;
/** The whole of /proc/cpuinfo costs 15 microseconds per CPU, and what it tells hardly ever changes where there is no cpufreq. */
const CPUINFO_MS = 10_000;
/** Kernels 4.13 to 5.17 wait up to 10 ms for each CPU that was idle. What takes longer than this goes on at the next tick. */
const MAX_READING_MS = 20;

export interface Frequencies {
  /** MHz by CPU; a CPU that was not reached at this tick is not in it. */
  readonly mhzByCpu: ReadonlyMap<number, number>;
  /** Why this machine has none, or null. */
  readonly unavailable: string | null;
}

/** Current frequencies of the cores: from cpufreq, else from /proc/cpuinfo. */
export class CpuFrequencies {
  readonly #fs: HostFs;
  readonly #nowMs: () => number;
  /** CPUs that have cpufreq; null before the first look. */
  #scaled: readonly number[] | null = null;
  #known = '';
  #sinceDiscoveryMs = 0;
  #next = 0;
  #cpuinfo: ReadonlyMap<number, number> = new Map();
  #sinceCpuinfoMs = Infinity;

  constructor({ fs, nowMs }: { fs: HostFs; nowMs: () => number }) {
    this.#fs = fs;
    this.#nowMs = nowMs;
  }

  read(cpus: Iterable<number>, elapsedMs: number | null): Frequencies {
    const online = [...cpus];
    this.#sinceDiscoveryMs += elapsedMs ?? 0;
    const key = online.join();
    if (this.#scaled === null || key !== this.#known || this.#sinceDiscoveryMs >= REDISCOVER_MS) {
      this.#scaled = online;
      this.#known = key;
      this.#sinceDiscoveryMs = 0;
    }
    const mhzByCpu = this.#scaled.length > 0 ? this.#readScaled(this.#scaled) : new Map<number, number>();
    if (mhzByCpu.size > 0) return { mhzByCpu, unavailable: null };
    return this.#readCpuinfo(elapsedMs);
  }

  #readScaled(cpus: readonly number[]): Map<number, number> {
    const mhzByCpu = new Map<number, number>();
    const without = new Set<number>();
    const deadlineMs = this.#nowMs() + MAX_READING_MS;
    for (let read = 0; read < cpus.length; read += 1) {
      const cpu = cpus[(this.#next + read) % cpus.length];
      if (cpu === undefined) continue;
      const mhz = this.#fs.parseSys(`devices/system/cpu/cpu${cpu}/cpufreq/scaling_cur_freq`, parseScalingFrequency);
      if (mhz === null) without.add(cpu);
      else mhzByCpu.set(cpu, mhz);
      if (this.#nowMs() > deadlineMs) {
        this.#next = (this.#next + read + 1) % cpus.length;
        break;
      }
    }
    if (without.size > 0) this.#scaled = cpus.filter((cpu) => !without.has(cpu));
    return mhzByCpu;
  }

  #readCpuinfo(elapsedMs: number | null): Frequencies {
    this.#sinceCpuinfoMs += elapsedMs ?? 0;
    if (this.#sinceCpuinfoMs >= CPUINFO_MS) {
      this.#cpuinfo = this.#fs.parseProc('cpuinfo', parseCpuinfoFrequencies) ?? new Map<number, number>();
      this.#sinceCpuinfoMs = 0;
    }
    const unavailable = this.#cpuinfo.size > 0 ? null : 'This machine tells no frequency: no cpufreq driver, and none in /proc/cpuinfo';
    return { mhzByCpu: this.#cpuinfo, unavailable };
  }
}
