import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { dataPaths, lockHolder } from './data-directory.ts';
import { readPrivateJson, writePrivateJson } from './private-json.ts';
import { identify, isAlive, processIdentitySchema, type ProcessIdentity } from './process-identity.ts';

const instanceSchema = z.object({
  launcher: processIdentitySchema,
  /** Processes of services. */
  children: z.array(processIdentitySchema),
  dashboardUrl: z.string(),
  /** With credentials: the file is readable by its owner alone. */
  databaseUrl: z.string(),
  nats: z.object({
    url: z.string(),
    /** Null: an external one. */
    embedded: z.object({ pid: z.number().int(), host: z.string().default('127.0.0.1'), port: z.number().int() }).nullable(),
  }),
});

/** What is running on a data directory, so that other commands find it. */
export type Instance = z.infer<typeof instanceSchema>;

export function writeInstance(
  dataDir: string,
  { childPids, ...instance }: Omit<Instance, 'launcher' | 'children'> & { childPids: readonly number[] },
): void {
  const launcher = identify(process.pid);
  const children = childPids.map(identify).filter((child) => child !== null);
  writePrivateJson(dataPaths(dataDir).instance, { launcher, children, ...instance });
}

export function removeInstance(dataDir: string): void {
  rmSync(dataPaths(dataDir).instance, { force: true });
}

/** The instance running on `dataDir`; null when none is. */
export function readInstance(dataDir: string): Instance | null {
  const instance = readPrivateJson(dataPaths(dataDir).instance, instanceSchema);
  return instance !== null && isAlive(instance.launcher) && lockHolder(dataDir)?.pid === instance.launcher.pid ? instance : null;
}

const CHILD_GRACE_MS = 3000;
const POLL_MS = 20;

async function end(child: ProcessIdentity): Promise<void> {
  const endMs = performance.now() + CHILD_GRACE_MS;
  // It noticed that its launcher died and is draining.
  while (isAlive(child) && performance.now() < endMs) await delay(POLL_MS);
  if (isAlive(child)) process.kill(child.pid, 'SIGKILL');
  while (isAlive(child)) await delay(POLL_MS);
}

/** Waits for the processes of a launcher that was killed, and ends those that stay. Call with the data directory locked. */
export async function endLeftoverChildren(dataDir: string): Promise<void> {
  const instance = readPrivateJson(dataPaths(dataDir).instance, instanceSchema);
  await Promise.all((instance?.children ?? []).map(end));
  removeInstance(dataDir);
}
