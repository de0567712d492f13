import type { RetentionReply } from '@perfwatch/contract';
import type { Store } from '@perfwatch/store';
import { DAY_MS, HOUR_MS, iso } from '../series.ts';
import { hostsInHotRows, hostsInSegments, tableBytes, TIERS, type HostInTier, type Tier } from './tiers.ts';

/** What Samples cost on disk. */
export type StorageReport = Pick<RetentionReply, 'bytes' | 'bytes_per_number' | 'oldest_sample' | 'newest_sample' | 'tiers' | 'hosts'>;

/**
 * Bytes on disk by tier and host. Reads every row of the segment tables, but none of their contents: a tenth of a second for a month of
 * a hundred hosts.
 */
export async function readStorage(store: Store): Promise<StorageReport> {
  const tables = await tableBytes(store);
  const parts = [...(await hostsInHotRows(store, tables.hotPages)), ...(await hostsInSegments(store))];
  const weightOf = (tier: Tier) => sum(parts.filter((part) => part.tier === tier).map(({ weight }) => weight));
  const rollUpWeight = Math.max(1, weightOf('1m') + weightOf('1h'));
  const bytes: Record<Tier, number> = {
    hot: tables.hot,
    raw: tables.raw,
    '1m': Math.round((tables.rollUps * weightOf('1m')) / rollUpWeight),
    '1h': Math.round((tables.rollUps * weightOf('1h')) / rollUpWeight),
  };
  // A table without rows has its pages all the same.
  if (weightOf('1m') + weightOf('1h') === 0) bytes['1m'] = tables.rollUps;
  const total = sum(TIERS.map((tier) => bytes[tier]));
  const numbers = sum(parts.filter(({ tier }) => tier === 'raw').map((part) => part.numbers ?? 0));
  return {
    bytes: total,
    bytes_per_number: numbers === 0 ? null : Number((total / numbers).toFixed(3)),
    ...samplesOf(parts),
    tiers: TIERS.map((tier) => tierOf(tier, { parts: parts.filter((part) => part.tier === tier), bytes: bytes[tier] })),
    hosts: hostsOf(parts, { bytes, weightOf }),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const known = (times: readonly (number | null)[]): number[] => times.filter((time) => time !== null);
const earliest = (times: readonly (number | null)[]): string | null => (known(times).length === 0 ? null : iso(Math.min(...known(times))));
const latest = (times: readonly (number | null)[]): string | null => (known(times).length === 0 ? null : iso(Math.max(...known(times))));

function tierOf(tier: Tier, { parts, bytes }: { parts: readonly HostInTier[]; bytes: number }): StorageReport['tiers'][number] {
  return {
    tier,
    bytes,
    numbers: tier === 'hot' ? null : sum(parts.map(({ numbers }) => numbers ?? 0)),
    oldest: earliest(parts.map(({ oldestMs }) => oldestMs)),
    newest: latest(parts.map(({ newestMs }) => newestMs)),
  };
}

/** Oldest and newest of what is stored: of whole Samples as far as there are any, of roll-ups what lies before them. */
function samplesOf(parts: readonly HostInTier[]): { oldest_sample: string | null; newest_sample: string | null } {
  const whole = parts.filter(({ tier }) => tier === 'hot' || tier === 'raw');
  let oldestMs = Math.min(...known(whole.map((part) => part.oldestMs)));
  for (const [tier, spanMs] of [['1m', HOUR_MS] as const, ['1h', DAY_MS] as const]) {
    const startMs = Math.min(...known(parts.filter((part) => part.tier === tier).map((part) => part.oldestMs)));
    // Its first Sample is somewhere in the span, where older ones are known to begin perhaps.
    if (startMs + spanMs <= oldestMs) oldestMs = startMs;
  }
  const newest = latest((whole.length > 0 ? whole : parts).map(({ newestMs }) => newestMs));
  return { oldest_sample: Number.isFinite(oldestMs) ? iso(oldestMs) : null, newest_sample: newest };
}

function hostsOf(
  parts: readonly HostInTier[],
  { bytes, weightOf }: { bytes: Record<Tier, number>; weightOf: (tier: Tier) => number },
): StorageReport['hosts'] {
  const byHost = [...Map.groupBy(parts, ({ host }) => host)].sort(([a], [b]) => (a < b ? -1 : 1));
  const weights = Object.fromEntries(TIERS.map((tier) => [tier, Math.max(1, weightOf(tier))]));
  return byHost.map(([host, own]) => ({
    host,
    bytes: Object.fromEntries(own.map(({ tier, weight }) => [tier, Math.round((bytes[tier] * weight) / (weights[tier] ?? 1))])),
    ...samplesOf(own),
  }));
}
