import { PerfEventSyntaxError, encodeEvent, type PerfEventAttr } from '@perfwatch/perf-event';
import { readPmuDevice, type HostFs, type PmuDevice } from '@perfwatch/procfs';
import type { EventGroup, RateOf } from './event-groups.ts';

const POWER_PMU = 'power';
const JOULES = 'Joules';
/** What RAPL may measure of what this collector shows. Whole systems (energy-psys), cores and graphics are parts or wholes of these. */
const METRICS = [
  ['package_watts', 'energy-pkg'],
  ['dram_watts', 'energy-ram'],
] as const satisfies readonly (readonly [RateOf['metric'], string])[];

/** The energy counters of this machine. */
export interface PowerEvents {
  readonly group: EventGroup;
  /** By event. */
  readonly attrs: ReadonlyMap<string, PerfEventAttr>;
  /** One CPU of each package, to count on. */
  readonly cpus: readonly number[];
  /** Why a metric is not there, by metric. */
  readonly lacking: ReadonlyMap<RateOf['metric'], string>;
}

function attrOf({ type, events, formats }: PmuDevice, event: string): PerfEventAttr | null {
  const terms = events.get(event)?.terms;
  if (terms === undefined) return null;
  try {
    return { type, ...encodeEvent(terms, formats) };
  } catch (error) {
    if (error instanceof PerfEventSyntaxError) return null;
    throw error;
  }
}

function lackOf(pmu: PmuDevice | null, event: string): string {
  if (pmu === null)
    return 'This machine shows no power PMU (RAPL): Intel processors have one since Linux 3.14, AMD since 5.8, virtual machines and Arm processors none';
  return `The power PMU of this machine does not measure ${event}: it has ${[...pmu.events.keys()].join(', ') || 'no events'}`.slice(
    0,
    500,
  );
}

/** Finds what energy this machine counts (perf_event_open(2) through the PMU `power`), its scale and its CPUs. */
export function findPowerEvents(fs: HostFs): PowerEvents {
  const pmu = readPmuDevice(fs, POWER_PMU);
  const attrs = new Map<string, PerfEventAttr>();
  const lacking = new Map<RateOf['metric'], string>();
  const rates: RateOf[] = [];
  for (const [metric, event] of METRICS) {
    const found = pmu?.events.get(event);
    const attr = pmu === null ? null : attrOf(pmu, event);
    if (attr === null || found === undefined || found.scale === null || found.unit !== JOULES) {
      lacking.set(metric, lackOf(pmu, event));
      continue;
    }
    attrs.set(event, attr);
    rates.push({ metric, event, factor: found.scale });
  }
  return { group: { name: 'power', events: [...attrs.keys()], rates, ratios: [] }, attrs, cpus: pmu?.cpumask ?? [], lacking };
}
