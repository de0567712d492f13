import { chownSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBus } from '@perfwatch/bus';
import { sampleSchema } from '@perfwatch/contract';
import { LaunchedPerfwatch, readRunFile, temporaryDataDirectory } from '@perfwatch/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { identify, isAlive } from './process-identity.ts';

const runFileSchema = z.object({
  children: z.array(z.object({ pid: z.number() })),
  databaseUrl: z.string(),
  nats: z.object({ url: z.string(), embedded: z.object({ pid: z.number(), port: z.number() }) }),
});

const NOBODY = 65_534;
const loginSchema = z.object({ access_token: z.string() });
const historySchema = z.object({ count: z.number() });

function runFile(dataDir: string): z.infer<typeof runFileSchema> {
  return runFileSchema.parse(readRunFile(dataDir));
}

function postgresPid(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/health/ready`).catch(() => null);
  return response?.status === 200;
}

async function logIn(url: string, password: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ username: 'admin', password });
  const response = await fetch(`${url}/api/auth/login`, { method: 'POST', headers, body });
  return loginSchema.parse(await response.json()).access_token;
}

/** Samples of the CPU that history holds for the last minutes. */
async function storedSamples(url: string, token: string): Promise<number> {
  const query = new URLSearchParams({ host: 'test-host', metric_type: 'cpu', interval: 'raw', limit: '10000' });
  const response = await fetch(`${url}/api/history/metrics?${query.toString()}`, { headers: { authorization: `Bearer ${token}` } }).catch(
    () => null,
  );
  return response?.status === 200 ? historySchema.parse(await response.json()).count : 0;
}

function passwordIn(output: string): string {
  return /Password\s+(\S+)/.exec(output)?.[1] ?? '';
}

async function perfwatch(dataDir: string, ...args: string[]): Promise<LaunchedPerfwatch> {
  const command = new LaunchedPerfwatch({ args, env: { PERFWATCH_DATA_DIR: dataDir } });
  expect(await command.exitCode, command.stderr).toBe(0);
  return command;
}

describe('a running PerfWatch', () => {
  const data = temporaryDataDirectory();
  let running: LaunchedPerfwatch;
  let url: string;
  let token: string;

  beforeAll(async () => {
    running = new LaunchedPerfwatch({ env: { PERFWATCH_DATA_DIR: data.path } });
    url = await running.ready();
    token = await logIn(url, passwordIn(running.stdout));
  });
  afterAll(async () => {
    await running.stop();
    data.dispose();
  });

  /** Kills a process and waits until a new one is there and samples are stored again. */
  async function survivesKill(name: string, pid: () => number): Promise<void> {
    const killed = pid();
    const identity = identify(killed);
    process.kill(killed, 'SIGKILL');
    await running.waitFor(`end of ${name}`, () => identity === null || !isAlive(identity));
    await running.waitFor(`new ${name}`, () => {
      try {
        return pid() !== killed && isAlive(identify(pid()) ?? { pid: 0, startTicks: '', bootId: '' });
      } catch {
        return false;
      }
    });
    await running.waitFor('readiness', () => isReady(url));
    const before = await storedSamples(url, token);
    await running.waitFor('new samples in history', async () => (await storedSamples(url, token)) > before);
    expect(running.stderr).toContain('is back (process');
  }

  it('refuses a second instance on the same data directory, with the process that has it', async () => {
    const second = new LaunchedPerfwatch({ env: { PERFWATCH_DATA_DIR: data.path } });
    expect(await second.exitCode).toBe(1);
    expect(second.stderr).toMatch(new RegExp(`^PerfWatch is already running on .* \\(process ${running.pid}\\).*\\n$`));
  });

  it('shows no secret in a command line or in the environment of a service process', () => {
    const { children, nats, databaseUrl } = runFile(data.path);
    const secrets = [nats.url, databaseUrl].map((secretUrl) => new URL(secretUrl).password);
    for (const pid of [...children.map((child) => child.pid), nats.embedded.pid, postgresPid(data.path)]) {
      for (const secret of secrets) {
        expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(secret);
        expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain(secret);
      }
    }
  });

  it('lets users be added, listed, changed and removed', async () => {
    const added = await perfwatch(data.path, 'user', 'add', 'maria', '--role', 'viewer', '--generate');
    expect(added.stdout).toMatch(/Added maria \(viewer\)\.\nPassword: \S{23}\n/);
    expect((await perfwatch(data.path, 'user', 'list')).stdout).toMatch(/admin\s+admin.*\nmaria\s+viewer/);
    expect((await perfwatch(data.path, 'user', 'passwd', 'maria', '--generate')).stdout).toContain('Changed the password of maria');
    expect((await perfwatch(data.path, 'user', 'role', 'maria', 'admin')).stdout).toContain('maria is an administrator now');
    expect((await perfwatch(data.path, 'user', 'delete', 'maria')).stdout).toContain('Removed maria');
    for (const args of [
      ['user', 'delete', 'admin'],
      ['user', 'role', 'admin', 'viewer'],
    ]) {
      const refused = new LaunchedPerfwatch({ args, env: { PERFWATCH_DATA_DIR: data.path } });
      expect(await refused.exitCode).toBe(1);
      expect(refused.stderr).toMatch(/last administrator/);
    }
    expect((await perfwatch(data.path, 'user', 'list')).stdout).not.toContain('maria');
  });

  it('signs with another key while it runs, and takes the tokens of the one before', async () => {
    const me = () => fetch(`${url}/api/auth/me`, { headers: { authorization: `Bearer ${token}` } });
    expect((await me()).status).toBe(200);
    const rotated = await perfwatch(data.path, 'keys', 'rotate');
    expect(rotated.stdout).toMatch(/^Made a new signing key[^\n]*\nTokens signed with the key before are accepted until \d{4}-/);
    expect((await me()).status).toBe(200);
  });

  it('gives credentials that may publish their own host only, at once, and takes them away', async () => {
    const { stdout } = await perfwatch(data.path, 'credentials', 'create', 'collector', '--host', 'elsewhere');
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const collector = openBus({ servers: stdout.trim(), name: 'collector', log });
    const listener = openBus({ servers: runFile(data.path).nats.url, name: 'listener', log });
    const seen = new Set<string>();
    listener.subscribe('perfwatch.v1.metrics.>', sampleSchema, (_sample, subject) => seen.add(subject));
    await Promise.all([collector.connected(10_000), listener.connected(10_000)]);
    const sample = { host: 'elsewhere', collector: 'door', ts: new Date().toISOString(), metrics: { opened_count: 1 } };
    await running.waitFor('sample of the collector', () => {
      collector.publish('perfwatch.v1.metrics.test-host.door', { ...sample, host: 'test-host' });
      collector.publish('perfwatch.v1.metrics.elsewhere.door', sample);
      return seen.has('perfwatch.v1.metrics.elsewhere.door');
    });
    expect(seen).not.toContain('perfwatch.v1.metrics.test-host.door');
    await perfwatch(data.path, 'credentials', 'revoke', 'collector', 'elsewhere');
    await running.waitFor('end of the connection', () => !collector.state().connected);
    await Promise.all([collector.close(0), listener.close(0)]);
  });

  it('brings the collectors back after kill -9', () => survivesKill('collectors', () => runFile(data.path).children[0]?.pid ?? 0));
  it('brings the server back after kill -9', () => survivesKill('server', () => runFile(data.path).children[1]?.pid ?? 0));
  it('brings nats-server back after kill -9', () => survivesKill('nats-server', () => runFile(data.path).nats.embedded.pid));
  it('brings PostgreSQL back after kill -9', () => survivesKill('PostgreSQL', () => postgresPid(data.path)));

  it('starts again after kill -9 of the launcher, and stops in order leaving nothing', async () => {
    const { children, nats } = runFile(data.path);
    running.signal('SIGKILL');
    await running.exitCode;
    running = new LaunchedPerfwatch({ env: { PERFWATCH_DATA_DIR: data.path } });
    url = await running.ready();
    expect(running.stdout).not.toContain('Password');
    for (const pid of [...children.map((child) => child.pid), nats.embedded.pid]) expect(identify(pid)).toBeNull();
    expect(await storedSamples(url, token)).toBeGreaterThan(0);
    const ours = runFile(data.path);
    const database = postgresPid(data.path);
    expect(await running.stop(), running.stderr).toBe(0);
    expect(running.stderr).toBe('');
    for (const pid of [...ours.children.map((child) => child.pid), ours.nats.embedded.pid, database]) expect(identify(pid)).toBeNull();
    expect((await perfwatch(data.path, 'user', 'list')).stdout).toContain('admin');
  });
});

describe('an ordinary user', () => {
  it.runIf(process.getuid?.() === 0)('can run everything', async () => {
    const data = temporaryDataDirectory();
    mkdirSync(data.path);
    for (const path of [data.path, join(data.path, '..')]) chownSync(path, NOBODY, NOBODY);
    const env = { PERFWATCH_DATA_DIR: data.path, NODE_COMPILE_CACHE: join(data.path, 'compile-cache') };
    const running = new LaunchedPerfwatch({ env, uid: NOBODY, gid: NOBODY });
    try {
      expect(await isReady(await running.ready())).toBe(true);
    } finally {
      expect(await running.stop()).toBe(0);
      data.dispose();
    }
  });
});

describe('root in a directory that nobody else can enter', () => {
  it.runIf(process.getuid?.() === 0)('can run everything', async () => {
    const data = temporaryDataDirectory('/root');
    const running = new LaunchedPerfwatch({ env: { PERFWATCH_DATA_DIR: data.path } });
    try {
      expect(await isReady(await running.ready())).toBe(true);
    } finally {
      expect(await running.stop()).toBe(0);
      data.dispose();
    }
  });
});
