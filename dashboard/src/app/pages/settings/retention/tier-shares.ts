import type { RetentionReply } from '@perfwatch/contract';
import { figureText } from '../../../format/format.ts';

type Tier = RetentionReply['tiers'][number]['tier'];

/** The tiers in the order that data passes through them. */
export const TIERS: readonly { tier: Tier; title: string; about: string }[] = [
  { tier: 'hot', title: 'Hot', about: 'Rows of the hours that are not closed yet' },
  { tier: 'raw', title: 'Raw', about: 'Every Sample, compressed by the hour' },
  { tier: '1m', title: 'By the minute', about: 'Mean, minimum and maximum of each minute' },
  { tier: '1h', title: 'By the hour', about: 'Mean, minimum and maximum of each hour' },
];

/** A stretch of a bar. */
export interface Share {
  tier: Tier;
  /** Of the longest bar. */
  percent: number;
  text: string;
}

/** What one host takes. */
export interface HostBar {
  host: string;
  bytes: number;
  shares: Share[];
  /** The bar in words. */
  label: string;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

function sharesOf(bytes: Readonly<Record<string, number>>, wholeBytes: number): Share[] {
  return TIERS.flatMap(({ tier, title }) => {
    const own = bytes[tier] ?? 0;
    return own === 0 || wholeBytes === 0 ? [] : [{ tier, percent: (100 * own) / wholeBytes, text: `${title} ${figureText(own, 'bytes')}` }];
  });
}

/** One bar for all hosts together, split by tier. */
export function allShares({ tiers }: Pick<RetentionReply, 'tiers'>): Share[] {
  const bytes = Object.fromEntries(tiers.map((entry) => [entry.tier, entry.bytes]));
  return sharesOf(bytes, sum(Object.values(bytes)));
}

/** A bar for each host, largest first; the largest is full. */
export function hostBars({ hosts }: Pick<RetentionReply, 'hosts'>): HostBar[] {
  const totals = hosts.map(({ host, bytes }) => ({ host, tiers: bytes, bytes: sum(Object.values(bytes)) }));
  const largest = Math.max(0, ...totals.map(({ bytes }) => bytes));
  return totals
    .toSorted((a, b) => b.bytes - a.bytes || a.host.localeCompare(b.host))
    .map(({ host, tiers, bytes }) => {
      const shares = sharesOf(tiers, largest);
      return { host, bytes, shares, label: `${host}: ${shares.map(({ text }) => text).join(', ')}` };
    });
}
