import type { MetricValue } from '@perfwatch/contract';

const BY_NAME = new Intl.Collator(undefined, { numeric: true });

/** How the instances of a table are chosen and ordered. */
export interface InstanceOrder {
  /** Part of the name, in any case; empty for all. */
  filter: string;
  /** What to order by: a value, the name, or null to keep the collector's order. */
  by: ((instance: string) => MetricValue) | 'name' | null;
  isDescending: boolean;
}

/** The instances that pass the filter, in order. Those without a value come last, whichever way it goes. */
export function inInstanceOrder(instances: readonly string[], { filter, by, isDescending }: InstanceOrder): string[] {
  const wanted = filter.trim().toLowerCase();
  const chosen = instances.filter((instance) => instance.toLowerCase().includes(wanted));
  const sign = isDescending ? -1 : 1;
  if (by === null) return chosen;
  if (by === 'name') return chosen.sort((a, b) => sign * BY_NAME.compare(a, b));
  const ranked = chosen.map((instance) => ({ instance, value: by(instance) }));
  ranked.sort((a, b) => {
    if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
    return sign * (a.value - b.value);
  });
  return ranked.map(({ instance }) => instance);
}

/** The rows of a long list that are on the screen, with some before and behind them. */
export interface RowWindow {
  from: number;
  to: number;
}

const ROWS_BEYOND = 6;

/** Which rows of equal height to draw for where a list is scrolled to, all in pixels. */
export function rowWindow(
  rowCount: number,
  { scrollTop, height, rowHeight }: { scrollTop: number; height: number; rowHeight: number },
): RowWindow {
  const first = Math.floor(scrollTop / rowHeight) - ROWS_BEYOND;
  const from = Math.max(0, Math.min(first, rowCount - 1));
  return { from, to: Math.min(rowCount, from + Math.ceil(height / rowHeight) + 2 * ROWS_BEYOND) };
}
