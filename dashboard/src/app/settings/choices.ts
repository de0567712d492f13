import type { CatalogEntry, Config } from '@perfwatch/contract';
import { titleOf } from '../catalog/describe.ts';

/** A sampling interval to choose. */
export interface IntervalChoice {
  intervalMs: number;
  label: string;
}

const INTERVALS_MS = [100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000];

const intervalLabel = (intervalMs: number) => (intervalMs < 1000 ? `${intervalMs} ms` : `${intervalMs / 1000} s`);

/** The usual intervals, and the one in use when it is another. */
export function intervalChoices(currentMs: number | null): IntervalChoice[] {
  const all = currentMs === null || INTERVALS_MS.includes(currentMs) ? INTERVALS_MS : [...INTERVALS_MS, currentMs];
  return all.toSorted((a, b) => a - b).map((intervalMs) => ({ intervalMs, label: intervalLabel(intervalMs) }));
}

export interface CollectorSwitch {
  collector: string;
  title: string;
  isEnabled: boolean;
}

/** Every collector that any host has or the settings name, by title. One that is not named in the settings is on. */
export function collectorSwitches(catalogs: readonly CatalogEntry[], config: Config | null): CollectorSwitch[] {
  if (config === null) return [];
  const titles = new Map(catalogs.map(({ collector, title }) => [collector, title]));
  const names = new Set([...titles.keys(), ...Object.keys(config.collectors)]);
  return [...names]
    .map((collector) => ({
      collector,
      title: titles.get(collector) ?? titleOf(collector),
      isEnabled: config.collectors[collector]?.enabled ?? true,
    }))
    .toSorted((a, b) => a.title.localeCompare(b.title));
}
