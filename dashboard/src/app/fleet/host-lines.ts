import type { MetricValue } from '@perfwatch/contract';
import { HOST_STATES, type HostEntry } from './host-entry.ts';
import { MEASURE_KEYS, type MeasureKey } from './measures.ts';

export const SORT_KEYS = ['name', 'state', ...MEASURE_KEYS, 'seen'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** The measure that an order needs; null for one that needs none. */
export function sortMeasure(key: SortKey): MeasureKey | null {
  return MEASURE_KEYS.find((measure) => measure === key) ?? null;
}

export interface HostOrder {
  key: SortKey;
  /** The other way round than is usual: names from A, figures from the highest, states and last seen from what needs a look. */
  isReversed: boolean;
  /** Figures to sort by; a host that is not in it comes last, both ways. */
  values: ReadonlyMap<string, MetricValue>;
}

/** Hosts whose name, system or tags have every word; `env:prod` finds a tag. */
export function foundHosts(entries: readonly HostEntry[], typed: string): readonly HostEntry[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0 ? entries : entries.filter(({ searched }) => words.every((word) => searched.includes(word)));
}

const names = new Intl.Collator('en', { numeric: true });
const byName = (a: HostEntry, b: HostEntry) => names.compare(a.host, b.host);

/** In an order; equals by name. */
export function sortedHosts(entries: readonly HostEntry[], { key, isReversed, values }: HostOrder): HostEntry[] {
  const sign = isReversed ? -1 : 1;
  const value = rankOf(key, values);
  if (value === null) return entries.toSorted((a, b) => sign * byName(a, b));
  return entries.toSorted((a, b) => {
    const [first, second] = [value(a), value(b)];
    if (first === null || second === null) return Number(first === null) - Number(second === null) || byName(a, b);
    return sign * (first - second) || byName(a, b);
  });
}

/** What an order goes by, lowest first; null where that is the name. */
function rankOf(key: SortKey, values: ReadonlyMap<string, MetricValue>): ((entry: HostEntry) => number | null) | null {
  if (key === 'name') return null;
  if (key === 'state') return ({ state }) => HOST_STATES.indexOf(state);
  if (key === 'seen') return ({ lastSampleMs, state }) => (state === 'live' ? Number.MAX_SAFE_INTEGER : lastSampleMs);
  return ({ host }) => {
    const value = values.get(host) ?? null;
    return value === null ? null : -value;
  };
}

/** Tag keys that any host has, by name. */
export function tagKeys(entries: readonly HostEntry[]): string[] {
  return [...new Set(entries.flatMap(({ tags }) => tags.map(({ key }) => key)))].toSorted(names.compare);
}

export interface HostGroup {
  /** The tag's value; null for hosts without the tag. */
  value: string | null;
  entries: readonly HostEntry[];
}

/** Hosts by the value of a tag, in order of the values; those without it last. Within a group the order stays. */
export function hostGroups(entries: readonly HostEntry[], tag: string): HostGroup[] {
  const groups = new Map<string | null, HostEntry[]>();
  for (const entry of entries) {
    const value = entry.tags.find(({ key }) => key === tag)?.value ?? null;
    const members = groups.get(value);
    if (members === undefined) groups.set(value, [entry]);
    else members.push(entry);
  }
  const last = (value: string | null) => Number(value === null);
  return [...groups]
    .map(([value, members]) => ({ value, entries: members }))
    .toSorted((a, b) => last(a.value) - last(b.value) || names.compare(a.value ?? '', b.value ?? ''));
}

/** One line of the list: a group's heading, or as many hosts as stand beside each other. */
export type HostLine =
  | { kind: 'group'; key: string; title: string; count: number; stale: number }
  | { kind: 'hosts'; key: string; entries: readonly HostEntry[] };

/** The list, line by line; `tag` null for no groups. */
export function hostLines(entries: readonly HostEntry[], { tag, columns }: { tag: string | null; columns: number }): HostLine[] {
  if (tag === null) return linesOf('', entries, columns);
  return hostGroups(entries, tag).flatMap(({ value, entries: members }) => {
    const key = value ?? '\n';
    const stale = members.filter(({ state }) => state === 'stale').length;
    const title = value === null ? `No ${tag}` : value;
    return [{ kind: 'group' as const, key: `group ${key}`, title, count: members.length, stale }, ...linesOf(key, members, columns)];
  });
}

function linesOf(group: string, entries: readonly HostEntry[], columns: number): HostLine[] {
  return Array.from({ length: Math.ceil(entries.length / columns) }, (_, index) => ({
    kind: 'hosts' as const,
    key: `${group} ${index}`,
    entries: entries.slice(index * columns, (index + 1) * columns),
  }));
}
