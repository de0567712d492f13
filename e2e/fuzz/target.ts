import { z } from 'zod';
import type { RunningSystem } from '../running-system.ts';

/** Requests of one user within a minute that stay well below what a user may ask. */
const REQUESTS_PER_USER = 2000;
const PASSWORD = 'giraffe-lantern-quartz-3';

/** A running system, with tokens of enough users that no limit of requests hides what is behind it. */
export interface FuzzTarget {
  readonly system: RunningSystem;
  /** API tokens of administrators, each of another. */
  readonly tokens: readonly string[];
  /** An API token that reads, of a viewer who has nothing to do with all this. */
  readonly viewerToken: string;
  readonly seed: number;
  /** Messages of each kind. */
  readonly count: number;
}

const userSchema = z.object({ id: z.string() });
const tokenSchema = z.object({ token: z.string() });

async function ask(system: RunningSystem, path: string, body: object): Promise<unknown> {
  const response = await fetch(system.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await system.token()}` },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function tokenOf(system: RunningSystem, { username, role }: { username: string; role: 'admin' | 'viewer' }): Promise<string> {
  const { id } = userSchema.parse(await ask(system, '/api/users', { username, role, password: PASSWORD }));
  const scope = role === 'admin' ? 'admin' : 'read';
  return tokenSchema.parse(await ask(system, '/api/tokens', { name: 'fuzz', scope, expires_in_days: 1, user_id: id })).token;
}

/** Makes the users. */
export async function prepareTarget({ system, seed, count }: Pick<FuzzTarget, 'system' | 'seed' | 'count'>): Promise<FuzzTarget> {
  const tokens: string[] = [];
  for (let index = 0; index < Math.ceil(count / REQUESTS_PER_USER); index += 1) {
    tokens.push(await tokenOf(system, { username: `fuzz-${index}`, role: 'admin' }));
  }
  return { system, seed, count, tokens, viewerToken: await tokenOf(system, { username: 'bystander', role: 'viewer' }) };
}
