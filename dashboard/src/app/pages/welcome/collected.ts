import type { CatalogEntry, MetricDescriptor } from '@perfwatch/contract';
import { titleOf } from '../../catalog/describe.ts';

/** Metrics that a machine does not have for one reason. */
export interface Missing {
  reason: string;
  titles: readonly string[];
}

/** What one collector brings of a host. */
export interface Collected {
  collector: string;
  title: string;
  help: string;
  /** Metrics this machine has, those of its dimensions counted once. */
  known: number;
  all: number;
  /** `off` by choice, or because the machine does not have it; `failing` is a fault. */
  state: 'running' | 'off' | 'failing';
  /** Why it does not run; empty where it does. */
  reason: string;
  missing: readonly Missing[];
}

/** What is collected of a host, from its catalog, in its order. */
export function collectedOf(entries: readonly CatalogEntry[]): Collected[] {
  return entries.map(({ collector, title, help, metrics, dimensions = {}, status, reason }) => {
    const declared = [
      ...named(metrics, null),
      ...Object.values(dimensions).flatMap((dimension) =>
        named(dimension.metrics, { title: dimension.title, unavailable: dimension.unavailable ?? null }),
      ),
    ];
    const missing = new Map<string, string[]>();
    for (const { name, unavailable } of declared)
      if (unavailable !== null) missing.set(unavailable, [...(missing.get(unavailable) ?? []), name]);
    const isRunning = status === null || status === 'ok' || status === 'partial';
    return {
      collector,
      title: title === '' ? titleOf(collector) : title,
      help: help ?? '',
      known: declared.filter(({ unavailable }) => unavailable === null).length,
      all: declared.length,
      state: isRunning ? 'running' : status === 'error' ? 'failing' : 'off',
      reason: isRunning ? '' : (reason ?? status),
      missing: [...missing].map(([why, titles]) => ({ reason: why, titles })),
    };
  });
}

function named(
  metrics: Readonly<Record<string, MetricDescriptor>>,
  dimension: { title: string; unavailable: string | null } | null,
): { name: string; unavailable: string | null }[] {
  return Object.values(metrics).map(({ title, unavailable = null }) => ({
    name: dimension === null ? title : `${dimension.title}: ${title}`,
    unavailable: unavailable ?? dimension?.unavailable ?? null,
  }));
}
