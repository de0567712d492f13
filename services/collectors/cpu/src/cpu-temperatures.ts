import { findCpuSensors, parseMillidegrees, type CpuSensor, type HostFs, type SensorKind } from '@perfwatch/procfs';

/** Sensors are looked up again after this long: a driver may have been loaded. */
const REDISCOVER_MS = 60_000;

const KINDS = ['package', 'core', 'part'] as const satisfies readonly SensorKind[];

export interface Temperatures {
  /** Mean of the packages, else of the cores, else of the other sensors of the CPU. */
  readonly celsius: number | null;
  /** By sensor; null while one does not answer. */
  readonly celsiusBySensor: ReadonlyMap<string, number | null>;
  /** Why this machine has none, or null. */
  readonly unavailable: string | null;
}

export function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Temperatures of the CPU's sensors. */
export class CpuTemperatures {
  readonly #fs: HostFs;
  #sensors: readonly CpuSensor[] = [];
  #sinceDiscoveryMs = Infinity;

  constructor(fs: HostFs) {
    this.#fs = fs;
  }

  read(elapsedMs: number | null): Temperatures {
    this.#sinceDiscoveryMs += elapsedMs ?? 0;
    if (this.#sinceDiscoveryMs >= REDISCOVER_MS) {
      this.#sensors = findCpuSensors(this.#fs);
      this.#sinceDiscoveryMs = 0;
    }
    const celsiusBySensor = new Map<string, number | null>();
    for (const { name, path } of this.#sensors) celsiusBySensor.set(name, this.#fs.parseSys(path, parseMillidegrees));
    const unavailable =
      this.#sensors.length > 0
        ? null
        : 'No temperature sensor of the CPU under /sys/class/hwmon or /sys/class/thermal, as in most virtual machines';
    return { celsius: this.#mean(celsiusBySensor), celsiusBySensor, unavailable };
  }

  #mean(celsiusBySensor: ReadonlyMap<string, number | null>): number | null {
    for (const kind of KINDS) {
      const values = this.#sensors
        .filter((sensor) => sensor.kind === kind)
        .map(({ name }) => celsiusBySensor.get(name) ?? null)
        .filter((celsius) => celsius !== null);
      if (values.length > 0) return meanOf(values);
    }
    return null;
  }
}
