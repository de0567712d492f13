import type { Host } from '@perfwatch/contract';

/** Collector of PerfWatch's own cost: runs wherever PerfWatch does. */
const OWN_COLLECTOR = 'perfwatch';

/** The host to show what is collected by: the oldest that PerfWatch runs on, else the one heard of last. Null where there is none. */
export function reportedHere(hosts: readonly Host[]): Host | null {
  const own = hosts.filter(({ collectors }) => collectors.some(({ collector }) => collector === OWN_COLLECTOR));
  const [oldest] = own.toSorted((a, b) => Date.parse(a.first_seen) - Date.parse(b.first_seen));
  const heardMs = ({ last_sample: last }: Host) => (last === null ? 0 : Date.parse(last));
  const [latest] = hosts.toSorted((a, b) => heardMs(b) - heardMs(a));
  return oldest ?? latest ?? null;
}
