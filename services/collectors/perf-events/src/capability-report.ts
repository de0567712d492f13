import { ERRNO, explainOpenError, type OpenErrorFacts } from '@perfwatch/perf-event';
import { cpuWords } from './cpu-list-words.ts';
import type { EventGroup, RatioOf } from './event-groups.ts';
import type { GroupCounters, PlannedCpu, Refusal } from './group-counters.ts';
import type { MachineFacts } from './machine-facts.ts';

/** A group as the settings and the machine want it counted. */
export interface PlannedGroup {
  readonly definition: EventGroup;
  /** Empty where it is not counted. */
  readonly cpus: readonly PlannedCpu[];
  /** Why it is not counted at all, in one line; null when it is to be. */
  readonly absence: string | null;
  readonly counters: GroupCounters;
}

export interface ReportInput {
  readonly groups: readonly PlannedGroup[];
  readonly facts: ReportFacts;
  readonly hasPerCore: boolean;
  /** Figures that the machine has no event for, to the reason. */
  readonly lacking: ReadonlyMap<string, string>;
}

/** What explains why something is not counted, whatever it is. */
export type ReportFacts = MachineFacts & Pick<OpenErrorFacts, 'descriptors' | 'neededLimit'>;

/** What this machine counts and what it does not, with the cause and the cure. */
export interface CapabilityReport {
  readonly unavailable: Readonly<Record<string, string>>;
  readonly sources: Readonly<Record<string, string>>;
  /** What keeps whole groups from being counted and could be cured, in one line; null when nothing does. */
  readonly fault: string | null;
}

const MAX_REASON_LENGTH = 500;
export const TURNED_OFF = 'Turned off in the settings';
/** A PMU that is there and does not have an event is what the machine is like; everything else is a fault. */
const NOT_ON_THIS_PMU: ReadonlySet<number> = new Set([ERRNO.ENOENT, ERRNO.EOPNOTSUPP, ERRNO.EINVAL]);

const isFault = ({ errno, pmu }: Refusal) => pmu === null || !NOT_ON_THIS_PMU.has(errno);
const cut = (reason: string) => (reason.length > MAX_REASON_LENGTH ? `${reason.slice(0, MAX_REASON_LENGTH - 3)}...` : reason);

/** Explains what is missing of one group. */
class GroupReport {
  readonly #group: PlannedGroup;
  readonly #facts: ReportFacts;

  constructor(group: PlannedGroup, facts: ReportFacts) {
    this.#group = group;
    this.#facts = facts;
  }

  /** Why `event` is not counted on all CPUs, in one line; null when it is. */
  lackOf(event: string): string | null {
    const { absence, counters, cpus } = this.#group;
    if (absence !== null) return absence;
    const without = [...counters.cpus].filter(({ events }) => !events.has(event));
    const refusal =
      counters.refusals.find((one) => one.event === event) ??
      counters.refusals.find(({ errno }) => errno === ERRNO.EMFILE || errno === ERRNO.ENFILE);
    if (refusal === undefined) return without.length === 0 ? null : `Not counted on ${cpuWords(without.map(({ cpu }) => cpu))}`;
    const cause = this.explain(refusal, event);
    const missing = without.map(({ cpu }) => cpu);
    if (missing.length === 0 || missing.length === cpus.length) return cause;
    return cut(`There is no sum without ${cpuWords(missing)}: choose the other CPUs in the settings to have it. ${cause}`);
  }

  /** Why a ratio is not to be had of all CPUs (`scope` all) or of any (`any`), in one line; null when it is. */
  lackOfRatio(ratio: RatioOf, scope: 'all' | 'any'): string | null {
    const { absence, definition, counters } = this.#group;
    if (absence !== null) return absence;
    const index = definition.ratios.indexOf(ratio);
    const cpus = [...counters.cpus];
    const has = cpus.filter(({ ratios }) => (ratios[index] ?? null) !== null);
    if (has.length > 0 && (scope === 'any' || has.length === cpus.length)) return null;
    const lack = this.lackOf(ratio.part) ?? (ratio.whole === null ? null : this.lackOf(ratio.whole));
    return (
      lack ?? `The PMU of this machine cannot count ${ratio.part} and ${ratio.whole ?? 'time'} at once: one cannot be divided by the other`
    );
  }

  /** What a person could cure of this group; null when there is nothing. */
  fault(): Refusal | null {
    return this.#group.absence === null ? (this.#group.counters.refusals.find(isFault) ?? null) : null;
  }

  explain({ errno, pmu }: Refusal, event: string): string {
    return explainOpenError({ ...this.#facts, errno, event, pmu });
  }

  /** Which PMUs count this group, where there are several kinds of cores; null where there is one. */
  source(): string | null {
    const cpusByPmu = Map.groupBy(this.#group.cpus, ({ pmu }) => pmu);
    if (cpusByPmu.size < 2) return null;
    return [...cpusByPmu].map(([pmu, cpus]) => `${pmu ?? 'no PMU'} on ${cpuWords(cpus.map(({ cpu }) => cpu))}`).join(', ');
  }
}

/** One line for groups that lack the same: each cause once. */
function faultOf(reports: readonly { name: string; report: GroupReport }[]): string | null {
  const groupsByCause = new Map<string, string[]>();
  for (const { name, report } of reports) {
    const refusal = report.fault();
    if (refusal === null) continue;
    const isMachine = refusal.pmu === null && NOT_ON_THIS_PMU.has(refusal.errno);
    const cause = report.explain(refusal, isMachine ? 'hardware events' : refusal.event);
    groupsByCause.set(cause, [...(groupsByCause.get(cause) ?? []), name]);
  }
  const lines = [...groupsByCause].map(([cause, names]) => `Not counted (${names.join(', ')}): ${cause}`);
  return lines.length === 0 ? null : lines.join('; ');
}

/** Why no CPU has any ratio, in one line; null when some have. */
function lackOfCores(reports: readonly { group: PlannedGroup; report: GroupReport }[]): string | null {
  const lacks = reports.flatMap(({ group, report }) => group.definition.ratios.map((ratio) => report.lackOfRatio(ratio, 'any')));
  return lacks.includes(null) ? null : (lacks[0] ?? null);
}

/** Builds the report. Costs some lookups for each CPU: when what is counted changes, not at each tick. */
export function reportCapabilities({ groups, facts, hasPerCore, lacking }: ReportInput): CapabilityReport {
  const unavailable: Record<string, string> = Object.fromEntries(lacking);
  const sources: Record<string, string> = {};
  const reports = groups.map((group) => ({ name: group.definition.name, group, report: new GroupReport(group, facts) }));
  const note = (path: string, lack: string | null, source: string | null) => {
    if (lack !== null) unavailable[path] = lack;
    else if (source !== null) sources[path] = `perf_event_open(2): ${source}`;
  };
  const coreLack = hasPerCore ? lackOfCores(reports) : TURNED_OFF;
  note('core', coreLack, null);
  if (!groups.some(({ counters }) => counters.isCounting)) note('group', 'No group of events is counted: see the events', null);
  for (const { group, report } of reports) {
    const source = report.source();
    for (const { metric, event } of group.definition.rates) note(metric, report.lackOf(event), source);
    for (const ratio of group.definition.ratios) {
      note(ratio.metric, report.lackOfRatio(ratio, 'all'), source);
      if (coreLack === null) note(`core.${ratio.metric}`, report.lackOfRatio(ratio, 'any'), source);
    }
  }
  return { unavailable, sources, fault: faultOf(reports) };
}
