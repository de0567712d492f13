import type { CollectorState, Host, Inventory, SampleStatus } from '@perfwatch/contract';
import type { Store } from '@perfwatch/store';
import { unknownHost } from './known-hosts.ts';

interface HostRow {
  host: string;
  first_seen: Date;
  inventory: Inventory | null;
}

interface StateRow {
  host: string;
  collector: string;
  status: SampleStatus;
  reason: string | null;
  last_sample: Date;
  interval_ms: number | null;
}

/** Every host that has sent anything, by name, with the state of its collectors. */
export function describeHosts(store: Store): Promise<Host[]> {
  return readHosts(store, null);
}

/** One host. Throws PerfwatchError('not_found') that names those there are. */
export async function describeHost(store: Store, host: string): Promise<Host> {
  const [found] = await readHosts(store, host);
  if (found === undefined) throw await unknownHost(store, host);
  return found;
}

async function readHosts(store: Store, host: string | null): Promise<Host[]> {
  const only = 'WHERE $1::text IS NULL OR host = $1';
  const hosts = await store.query<HostRow>(`SELECT host, first_seen, inventory FROM host ${only} ORDER BY host`, [host]);
  const states = await store.query<StateRow>(
    `SELECT host, collector, status, reason, last_sample, interval_ms FROM collector_state ${only} ORDER BY host, collector`,
    [host],
  );
  const statesByHost = Map.groupBy(states, (state) => state.host);
  return hosts.map(({ host: name, first_seen, inventory }) => {
    const collectors = (statesByHost.get(name) ?? []).map(toCollectorState);
    const last = collectors
      .map(({ last_sample }) => last_sample)
      .sort()
      .at(-1);
    return { host: name, first_seen: first_seen.toISOString(), last_sample: last ?? null, collectors, inventory };
  });
}

function toCollectorState({ collector, status, reason, last_sample, interval_ms }: StateRow): CollectorState {
  return { collector, status, reason, last_sample: last_sample.toISOString(), interval_ms };
}
