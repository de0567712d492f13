import type { SampleStatus } from '@perfwatch/contract';
import type { CollectorOnHost } from '../collection-choices.ts';

const WORDS: Readonly<Record<SampleStatus, string>> = {
  ok: 'Running',
  partial: 'Running in part',
  unavailable: 'Not possible',
  disabled: 'Off',
  error: 'Failed',
};
/** Names that are listed on hover. */
const MOST_NAMES = 40;

export interface StatusLine {
  key: string;
  status: SampleStatus;
  words: string;
  reason: string | null;
  /** Every host it is about; empty when the page is about one anyway. */
  names: string;
}

function namesOf(hosts: readonly CollectorOnHost[]): string {
  const named = hosts.slice(0, MOST_NAMES).map(({ host }) => host);
  return named.join(', ') + (hosts.length > named.length ? ` and ${hosts.length - named.length} more` : '');
}

/** How a collector is: hosts that say the same in one line. */
export function statusLines(hosts: readonly CollectorOnHost[], isOneHost: boolean): StatusLine[] {
  const groups = Map.groupBy(hosts, ({ status, reason }) => `${status} ${reason ?? ''}`);
  return [...groups].flatMap(([key, group]) => {
    const [first] = group;
    if (first === undefined) return [];
    const { status, reason, host } = first;
    if (isOneHost) return [{ key, status, reason, words: WORDS[status], names: '' }];
    const where = group.length === 1 ? host : `${group.length} hosts`;
    return [{ key, status, reason, words: `${WORDS[status]} on ${where}`, names: namesOf(group) }];
  });
}
