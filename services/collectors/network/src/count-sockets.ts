import { ProcfsParseError, parseSockstat, tcpStateReads, type HostFs, type TcpStates } from '@perfwatch/procfs';
import type { SockDiag } from '@perfwatch/perf-event';
import type { SocketCount } from './socket-states.ts';

const FAMILIES = [
  { family: 'ipv4', file: 'tcp', totals: 'sockstat', inUse: 'TCP inuse' },
  { family: 'ipv6', file: 'tcp6', totals: 'sockstat6', inUse: 'TCP6 inuse' },
] as const;

const NONE: TcpStates = { established: 0, timeWait: 0, closeWait: 0, listen: 0 };
const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : null);

function sum(one: TcpStates, other: TcpStates): TcpStates {
  return {
    established: one.established + other.established,
    timeWait: one.timeWait + other.timeWait,
    closeWait: one.closeWait + other.closeWait,
    listen: one.listen + other.listen,
  };
}

/** Where the sockets of this process's own namespace are counted. */
export interface WaitingSources {
  readonly fs: HostFs;
  readonly directory: string;
  readonly diag: SockDiag;
}

/** A family of which no socket is in use, which costs nothing to ask: finding its table empty takes as long as the table. */
const isUnused = (fs: HostFs, { path, inUse }: { path: string; inUse: string }) => fs.parseProc(path, parseSockstat)?.get(inUse) === 0;

/** Counts the TCP sockets that listen or wait to be closed in this process's own network namespace. Throws SockDiagError. */
export function* countWaitingSockets({ fs, directory, diag }: WaitingSources): Generator<undefined, SocketCount> {
  let listen = 0;
  let closeWait = 0;
  for (const { family, totals, inUse } of FAMILIES) {
    if (isUnused(fs, { path: `${directory}/${totals}`, inUse })) continue;
    const sockets = yield* diag.waitingSockets(family);
    listen += sockets.listen;
    closeWait += sockets.closeWait;
  }
  return { states: { listen, closeWait, established: null, timeWait: null }, fault: null };
}

/**
 * Counts the TCP sockets in a network directory by state, IPv4 and IPv6, one read with each step. Of a family of which no other
 * socket is in use those in TIME-WAIT are missed, which sockstat tells.
 */
export function* countSockets(fs: HostFs, directory: string): Generator<undefined, SocketCount> {
  let states = NONE;
  for (const { file, totals, inUse } of FAMILIES) {
    if (isUnused(fs, { path: `${directory}/${totals}`, inUse })) continue;
    const path = fs.procPath(`${directory}/${file}`);
    try {
      states = sum(states, yield* tcpStateReads(path));
    } catch (error) {
      const code = codeOf(error);
      if (file === 'tcp6' && code === 'ENOENT') continue;
      if (code === null && !(error instanceof ProcfsParseError)) throw error;
      return { states: null, fault: code === null ? `${path} is not what it should be: ${String(error)}` : faultOf(path, code) };
    }
  }
  return { states, fault: null };
}

function faultOf(path: string, code: string): string {
  if (code === 'ENOENT') return `${path} does not exist on this machine`;
  return code === 'EACCES' || code === 'EPERM' ? `${path} may not be read by this user` : `${path} cannot be read (${code})`;
}
