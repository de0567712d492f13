import { readFileSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PerfwatchError } from '@perfwatch/contract';

const POLL_MS = 20;

/** What `read` gives; null for a process that ended meanwhile or belongs to someone else. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

const nameOf = (pid: number) => orNull(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());

function hasEnded(pid: number): boolean {
  const stat = orNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat === null || /^\S+ \(.*\) Z/s.test(stat);
}

/** Processes called `name` (proc_pid_comm(5)) that work in `dir`. */
export function processesIn(dir: string, name: string): number[] {
  const real = orNull(() => realpathSync(dir));
  if (real === null) return [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => orNull(() => readlinkSync(`/proc/${pid}/cwd`)) === real && nameOf(pid) === name && !hasEnded(pid));
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) orNull(() => process.kill(pid, name));
}

async function waitUntilNone(find: () => number[], deadlineMs: number): Promise<boolean> {
  const endMs = performance.now() + deadlineMs;
  while (find().length > 0) {
    if (performance.now() > endMs) return false;
    await delay(POLL_MS);
  }
  return true;
}

/**
 * Ends the processes called `name` that a launcher killed with -9 left behind in `dir`: asks with `signal`, insists after `graceMs`.
 * The caller holds the lock on the data directory, so nobody else can be using them. Throws PerfwatchError('conflict') when they stay.
 */
export async function endLeftovers(dir: string, name: string, { graceMs = 5000 }: { graceMs?: number } = {}): Promise<void> {
  const find = () => processesIn(dir, name);
  const found = find();
  if (found.length === 0) return;
  signal(found, 'SIGINT');
  if (await waitUntilNone(find, graceMs)) return;
  signal(find(), 'SIGKILL');
  if (await waitUntilNone(find, graceMs)) return;
  throw new PerfwatchError('conflict', `A ${name} of an earlier run still uses ${dir} (process ${find().join(', ')}) and cannot be ended`);
}

/** Ends the servers that a launcher killed with -9 left behind: their ports are free again. */
export async function endLeftoverServers({ natsDir, postgresDir }: { natsDir: string; postgresDir: string }): Promise<void> {
  await Promise.all([endLeftovers(natsDir, 'nats-server'), endLeftovers(join(postgresDir, 'data'), 'postgres')]);
}
