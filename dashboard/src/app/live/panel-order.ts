import type { SampleStatus } from '@perfwatch/contract';

/** A collector's own word, or what its silence means: nothing came yet, or nothing comes any more. */
export type HealthStatus = SampleStatus | 'waiting' | 'stale';

/** Cards made by hand come first, in this order. */
const FIRST = ['cpu', 'memory', 'network', 'disk', 'perf-events', 'memory-bandwidth', 'pressure'];
/** What PerfWatch itself costs comes last. */
const LAST = 'perfwatch';
const DRAWN: readonly HealthStatus[] = ['ok', 'partial', 'stale'];

/** Whether a collector has something to draw rather than to explain. */
export const isDrawn = (status: HealthStatus): boolean => DRAWN.includes(status);

/** Collectors in the order of their cards: by hand, from the catalog by name, those with nothing to draw, own cost. */
export function inOrder(names: readonly string[], statusOf: (name: string) => HealthStatus): string[] {
  const rankOf = (name: string) => {
    if (name === LAST) return FIRST.length + 2;
    if (!isDrawn(statusOf(name))) return FIRST.length + 1;
    return FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length;
  };
  return names
    .map((name) => ({ name, rank: rankOf(name) }))
    .toSorted((a, b) => a.rank - b.rank || a.name.localeCompare(b.name))
    .map(({ name }) => name);
}
