import type { CollectorState, Host, Inventory } from '@perfwatch/contract';
import { ageText, figureText } from '../format/format.ts';

/** `live`: sends as it should. `stale`: stopped within the last day, which a person should look at. `silent`: has been away for longer. */
export const HOST_STATES = ['stale', 'live', 'silent'] as const;
export type HostState = (typeof HOST_STATES)[number];

/** What the list knows of a host without looking at its Samples. */
export interface HostEntry {
  host: string;
  state: HostState;
  /** Time of the newest Sample that is stored; null where none is. */
  lastSampleMs: number | null;
  firstSeenMs: number;
  /** How long it may be quiet before it is stale. */
  quietMs: number;
  /** Operating system, CPUs and memory. */
  about: string;
  tags: readonly { key: string; value: string }[];
  /** Collectors that fail, each with its reason. */
  problems: string;
  collectors: ReadonlyMap<string, CollectorState>;
  /** What a search looks in, in small letters. */
  searched: string;
}

const STALE_AFTER_MS = 15_000;
const STALE_INTERVALS = 3;
const SILENT_AFTER_MS = 86_400_000;

/** `ageMs` since the newest Sample; null where there is none. */
export function hostState(ageMs: number | null, quietMs: number): HostState {
  if (ageMs === null || ageMs > SILENT_AFTER_MS) return 'silent';
  return ageMs > quietMs ? 'stale' : 'live';
}

/** When a host was last heard of, in words. */
export function seenText(ageMs: number | null, quietMs: number): string {
  if (ageMs === null) return 'never';
  return ageMs > quietMs ? `${ageText(ageMs)} ago` : 'now';
}

/** A host as it was at a moment by the server's clock. */
export function hostEntry(
  { host, first_seen: firstSeen, last_sample: lastSample, collectors, inventory }: Host,
  asOfMs: number,
): HostEntry {
  const lastSampleMs = lastSample === null ? null : Date.parse(lastSample);
  const quietMs = Math.max(STALE_AFTER_MS, ...collectors.map(({ interval_ms: intervalMs }) => STALE_INTERVALS * (intervalMs ?? 0)));
  const failing = collectors.filter(({ status }) => status === 'error');
  const tags = Object.entries(inventory?.tags ?? {}).map(([key, value]) => ({ key, value }));
  const os = [inventory?.os?.name, inventory?.os?.version].filter(Boolean).join(' ');
  return {
    host,
    state: hostState(lastSampleMs === null ? null : asOfMs - lastSampleMs, quietMs),
    lastSampleMs,
    firstSeenMs: Date.parse(firstSeen),
    quietMs,
    about: aboutText(inventory),
    tags,
    problems: failing.map(({ collector, reason }) => `${collector}: ${reason ?? 'fails'}`).join('; '),
    collectors: new Map(collectors.map((state) => [state.collector, state])),
    searched: [host, os, ...tags.map(({ key, value }) => `${key}:${value}`)].join('\n').toLowerCase(),
  };
}

/** Long names say no more than these in a list. */
const shortSystem = (name: string) => name.replace(/ ?GNU\/Linux| ?Linux/, '') || name;

function aboutText(inventory: Inventory | null): string {
  const { os, cpu, memory } = inventory ?? {};
  const system = os?.name === undefined || os.name === null ? '' : `${shortSystem(os.name)} ${os.version?.split(' ')[0] ?? ''}`.trim();
  const threads = cpu?.threads_count ?? null;
  const bytes = memory?.total_bytes ?? null;
  const parts = [
    system,
    threads === null ? '' : `${threads} ${threads === 1 ? 'CPU' : 'CPUs'}`,
    bytes === null ? '' : figureText(bytes, 'bytes'),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
