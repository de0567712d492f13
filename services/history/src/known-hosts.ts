import { PerfwatchError } from '@perfwatch/contract';
import type { Queryable } from '@perfwatch/store';

const MAX_NAMED = 20;

/**
 * The series a query means. Throws PerfwatchError that names what there is: 'bad_input' when a host must be chosen, 'not_found' for an
 * unknown one.
 */
export async function resolveSeries(
  connection: Queryable,
  { host, collector }: { host: string | undefined; collector: string },
): Promise<{ host: string; collector: string }> {
  const resolved = host ?? (await onlyHost(connection));
  const rows = await connection.query<{ collector: string }>('SELECT collector FROM collector_state WHERE host = $1 ORDER BY collector', [
    resolved,
  ]);
  if (rows.length === 0) throw await unknownHost(connection, resolved);
  if (rows.some((row) => row.collector === collector)) return { host: resolved, collector };
  const known = list(rows.map((row) => row.collector));
  throw new PerfwatchError('not_found', `${resolved} has no history of "${collector}"; it has ${known}`);
}

/**
 * The hosts a query means, in the order in which they were asked for (null: the only one there is). One host must have the collector;
 * of several, those that are known need not. Throws as `resolveSeries` does.
 */
export async function resolveHosts(
  connection: Queryable,
  { hosts, collector }: { hosts: readonly string[] | null; collector: string },
): Promise<readonly string[]> {
  const [host, ...others] = hosts ?? [];
  if (hosts === null || others.length === 0) return [(await resolveSeries(connection, { host, collector })).host];
  const rows = await connection.query<{ host: string }>('SELECT DISTINCT host FROM collector_state WHERE host = ANY ($1)', [hosts]);
  const known = new Set(rows.map((row) => row.host));
  const unknown = hosts.find((name) => !known.has(name));
  if (unknown !== undefined) throw await unknownHost(connection, unknown);
  return hosts;
}

/** 'not_found' that names the hosts there are. */
export async function unknownHost(connection: Queryable, host: string): Promise<PerfwatchError> {
  const hosts = await hostNames(connection);
  const known = hosts.length === 0 ? 'no host has sent anything yet' : `there are ${list(hosts)}`;
  return new PerfwatchError('not_found', `There is no host "${host}"; ${known}`);
}

/** The host that is meant when none is named. Throws PerfwatchError when there is none, or more than one. */
export async function onlyHost(connection: Queryable): Promise<string> {
  const hosts = await hostNames(connection);
  const [only] = hosts;
  if (only === undefined)
    throw new PerfwatchError('not_found', 'No host has sent anything yet', { hint: 'Start a collector, then ask again.' });
  if (hosts.length === 1) return only;
  const message = `must be given when there are several: ${list(hosts)}`;
  throw new PerfwatchError('bad_input', `host ${message}`, { issues: [{ path: 'host', message }] });
}

async function hostNames(connection: Queryable): Promise<string[]> {
  const rows = await connection.query<{ host: string }>('SELECT DISTINCT host FROM collector_state ORDER BY host LIMIT $1', [
    MAX_NAMED + 1,
  ]);
  return rows.map(({ host }) => host);
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMED).join(', ');
  return names.length > MAX_NAMED ? `${shown} and more` : shown;
}
