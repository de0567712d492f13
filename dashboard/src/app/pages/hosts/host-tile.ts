import type { Host } from '@perfwatch/contract';
import { ageText } from '../../format/format.ts';

export interface HostTile {
  host: string;
  state: 'live' | 'stale' | 'silent';
  seen: string;
  about: string;
  problems: string;
}

/** A host is stale after this long without a sample, unless it samples more rarely. */
const STALE_AFTER_MS = 15_000;
const STALE_INTERVALS = 3;

/** What a tile says of a host. */
export function hostTile({ host, last_sample: lastSample, collectors, inventory }: Host, nowMs: number): HostTile {
  const ageMs = lastSample === null ? null : nowMs - Date.parse(lastSample);
  const longestMs = Math.max(STALE_AFTER_MS, ...collectors.map(({ interval_ms: intervalMs }) => STALE_INTERVALS * (intervalMs ?? 0)));
  const failing = collectors.filter(({ status }) => status === 'error').map(({ collector }) => collector);
  const { model, threads_count: threads } = inventory?.cpu ?? {};
  const parts = [model, threads === null || threads === undefined ? null : `${threads} CPUs`, inventory?.os?.name];
  return {
    host,
    state: ageMs === null ? 'silent' : ageMs > longestMs ? 'stale' : 'live',
    seen: ageMs === null ? 'nothing heard yet' : `last sample ${ageText(ageMs)} ago`,
    about: parts.filter((part) => part !== null && part !== undefined && part !== '').join(' · '),
    problems: failing.length === 0 ? '' : `failing: ${failing.join(', ')}`,
  };
}
