import { parsePressure, type HostFs, type Pressure } from '@perfwatch/procfs';
import { CounterDeltas, roundMetric, type CollectorReader, type CollectorReading, type CollectorTick } from '@perfwatch/service-kit';
import { explainAbsentPressure, explainUnreadablePressure, isSwitchedOff } from './absent-pressure.ts';
import type { PressureMetrics } from './declaration.ts';

type Resource = 'cpu' | 'memory' | 'io' | 'irq';
type Line = 'some' | 'full';

interface Stall {
  readonly metric: keyof PressureMetrics;
  readonly resource: Resource;
  readonly line: Line;
}

/** `full` of the CPU is left out: for a whole machine, kernels tell 0 always or nothing. */
const STALLS: readonly Stall[] = [
  { metric: 'cpu_some_percent', resource: 'cpu', line: 'some' },
  { metric: 'memory_some_percent', resource: 'memory', line: 'some' },
  { metric: 'memory_full_percent', resource: 'memory', line: 'full' },
  { metric: 'io_some_percent', resource: 'io', line: 'some' },
  { metric: 'io_full_percent', resource: 'io', line: 'full' },
  { metric: 'irq_full_percent', resource: 'irq', line: 'full' },
];
const RESOURCES: readonly Resource[] = ['cpu', 'memory', 'io', 'irq'];

const NO_IRQ: Readonly<Record<string, string>> = {
  irq_full_percent: 'This kernel does not measure what interrupts take: Linux 6.1 does, built with CONFIG_IRQ_TIME_ACCOUNTING',
};
const NOTHING_LACKING: Readonly<Record<string, string>> = {};
const MICROSECONDS_PER_PERCENT = 10_000;

/** The tick's clock is read a moment before or after the counter, so that a stall of the whole time can look longer than the time. */
const clampPercent = (percent: number) => Math.min(100, percent);

const totalOf = (pressure: Pressure | null, line: Line) =>
  (line === 'some' ? pressure?.someMicroseconds : pressure?.fullMicroseconds) ?? null;

/** Reads the files of /proc/pressure once a tick. */
export class PressureReader implements CollectorReader<CollectorReading<PressureMetrics>> {
  readonly #fs: HostFs;
  readonly #counters = new CounterDeltas();
  /** What the kernel has files of; null until there are any. */
  #resources: ReadonlySet<string> | null = null;

  constructor(fs: HostFs) {
    this.#fs = fs;
  }

  read({ elapsedMs }: CollectorTick): CollectorReading<PressureMetrics> {
    const resources = this.#findResources();
    if (resources === null) {
      return { metrics: {}, status: 'unavailable', reason: explainAbsentPressure(this.#fs) };
    }
    const pressures = new Map(RESOURCES.map((resource) => [resource, this.#readResource(resource, resources)]));
    const metrics: PressureMetrics = {};
    let fault: string | null = null;
    for (const { metric, resource, line } of STALLS) {
      const total = totalOf(pressures.get(resource) ?? null, line);
      const microsecondsPerSec = this.#counters.perSec(metric, total, elapsedMs);
      metrics[metric] = microsecondsPerSec === null ? null : roundMetric(clampPercent(microsecondsPerSec / MICROSECONDS_PER_PERCENT));
      if (total === null) fault ??= this.#faultOf(resource, line);
    }
    this.#counters.endTick();
    const hasNone = RESOURCES.every((resource) => pressures.get(resource) === null);
    if (hasNone) return { metrics: {}, status: 'unavailable', reason: fault };
    const unavailable = this.#lacksIrq(pressures.get('irq') ?? null) ? NO_IRQ : NOTHING_LACKING;
    return { metrics, status: fault === null ? 'ok' : 'partial', reason: fault, unavailable };
  }

  #findResources(): ReadonlySet<string> | null {
    if (this.#resources !== null) return this.#resources;
    const names = this.#fs.listProc('pressure');
    this.#resources = names === null ? null : new Set(names);
    return this.#resources;
  }

  /** A file that the kernel does not have is not looked for at every tick. */
  #readResource(resource: Resource, resources: ReadonlySet<string>): Pressure | null {
    if (resource === 'irq' && !resources.has(resource)) return null;
    return this.#fs.parseProc(`pressure/${resource}`, parsePressure);
  }

  #lacksIrq(pressure: Pressure | null): boolean {
    const fault = this.#fs.faultOfProc('pressure/irq');
    return pressure === null && (fault === null || isSwitchedOff(fault));
  }

  /** Why a total is missing; null where that is what this kernel is like. */
  #faultOf(resource: Resource, line: Line): string | null {
    const fault = this.#fs.faultOfProc(`pressure/${resource}`);
    if (resource === 'irq') return fault === null || isSwitchedOff(fault) ? null : fault;
    return fault === null ? `/proc/pressure/${resource} has no total of ${line}` : explainUnreadablePressure(fault);
  }
}
