import { parseCpuSelection, type CatalogEntry, type PerfEventGroup, type PerfEventsConfig } from '@perfwatch/contract';

/** A group of events as it is offered. */
export interface GroupChoice {
  group: PerfEventGroup;
  title: string;
  help: string;
}

export const GROUP_CHOICES: readonly GroupChoice[] = [
  { group: 'software', title: 'Software', help: 'CPU clock, context switches, migrations, page faults: the kernel counts them itself' },
  { group: 'core', title: 'Core', help: 'Cycles, instructions, branches: IPC, effective frequency, mispredicted branches' },
  { group: 'l1d', title: 'L1 caches', help: 'Loads and misses of the first data cache, loads of instructions' },
  { group: 'llc', title: 'Last-level cache', help: 'Loads that reached it, and those that went on to memory' },
  { group: 'dtlb', title: 'Data TLB', help: 'Translations of data addresses, and misses' },
  { group: 'itlb', title: 'Instruction TLB', help: 'Translations of instruction addresses, and misses' },
  { group: 'power', title: 'Power', help: 'Watts of package and memory, from RAPL' },
];

/** Why metrics are missing, and which. */
export interface Missing {
  reason: string;
  titles: string[];
}

/** What one host can count. */
export interface HostCapability {
  host: string;
  counted: string[];
  missing: Missing[];
}

/** What each host counts of its events, and what it cannot with the cure, in the catalog's order. */
export function capabilities(entries: readonly CatalogEntry[]): HostCapability[] {
  return entries.map(({ host, metrics }) => {
    const all = Object.values(metrics).map(({ title, unavailable }) => ({ title, reason: unavailable ?? null }));
    const missing = Map.groupBy(
      all.filter(({ reason }) => reason !== null),
      ({ reason }) => reason ?? '',
    );
    return {
      host,
      counted: all.filter(({ reason }) => reason === null).map(({ title }) => title),
      missing: [...missing].map(([reason, group]) => ({ reason, titles: group.map(({ title }) => title) })),
    };
  });
}

/** What is wrong with each part of a form of these settings; null where nothing is. */
export function countingFaults({ cpus, groups }: Pick<PerfEventsConfig, 'cpus' | 'groups'>): {
  cpus: string | null;
  groups: string | null;
} {
  return {
    cpus: parseCpuSelection(cpus).fault,
    groups: groups.length === 0 ? 'Choose one group at least; to count nothing, turn counting off.' : null,
  };
}
