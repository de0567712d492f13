import { openBus, type Bus } from '@perfwatch/bus';
import { subjects, systemReplySchema, type Sample } from '@perfwatch/contract';
import { createLogger } from '@perfwatch/service-kit';
import { LaunchedPerfwatch, readRunFile, temporaryDataDirectory } from '@perfwatch/testing';
import { connect } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const PASSWORD = 'horse-staple-battery-9';
const HOST = 'web-9';
const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
const runFileSchema = z.object({ nats: z.object({ embedded: z.object({ pid: z.number(), port: z.number() }) }) });
const loginSchema = z.object({ access_token: z.string() });

describe('collectors with credentials of their host alone', () => {
  const data = temporaryDataDirectory();
  let server: LaunchedPerfwatch;
  let remote: LaunchedPerfwatch;
  let url: string;
  let credentials: string;
  let token: string;
  let listener: Bus;
  const samples: Sample[] = [];

  const nats = () => runFileSchema.parse(readRunFile(data.path)).nats.embedded;
  const newest = (collector: string) => samples.findLast((sample) => sample.host === HOST && sample.collector === collector);
  const logIn = async (): Promise<number> => {
    const body = JSON.stringify({ username: 'admin', password: PASSWORD });
    const reply = await fetch(`${url}/api/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (reply.ok) token = loginSchema.parse(await reply.json()).access_token;
    return reply.status;
  };
  const system = async () => {
    const reply = await fetch(`${url}/api/system`, { headers: { authorization: `Bearer ${token}` } });
    return systemReplySchema.parse(await reply.json());
  };
  const change = async (settings: object): Promise<void> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const reply = await fetch(`${url}/api/config`, { method: 'PUT', headers, body: JSON.stringify(settings) });
    expect(reply.status, await reply.text()).toBe(200);
  };
  const perfwatch = async (...args: string[]): Promise<string> => {
    const command = new LaunchedPerfwatch({ args, env: { PERFWATCH_DATA_DIR: data.path } });
    expect(await command.exitCode, command.stderr).toBe(0);
    return command.stdout.trim();
  };

  beforeAll(async () => {
    server = new LaunchedPerfwatch({ env: { PERFWATCH_DATA_DIR: data.path, PERFWATCH_ADMIN_PASSWORD: PASSWORD } });
    url = await server.ready();
    expect(await logIn()).toBe(200);
    credentials = await perfwatch('credentials', 'create', 'host', '--host', HOST, '--address', 'localhost');
    listener = openBus({ servers: `nats://127.0.0.1:${nats().port}`, name: 'test', log });
    listener.subscribeSamples(subjects.metrics('*', '*'), (sample) => samples.push(sample));
    const env = { PERFWATCH_NATS_URL: credentials, PERFWATCH_HOST_ID: HOST, PERFWATCH_DATA_DIR: `${data.path}-remote` };
    remote = new LaunchedPerfwatch({ args: ['run', 'cpu', 'memory', 'perfwatch'], env });
  });
  afterAll(async () => {
    await listener.close(0);
    await Promise.all([server.stop(), remote.stop()]);
    data.dispose();
  });

  it('are seen by everyone: their Samples, their inventory, their health', async () => {
    await remote.waitFor('Samples of the other machine', () => newest('cpu') !== undefined && newest('memory') !== undefined);
    await remote.waitFor('the process', async () =>
      (await system()).processes.some(({ host, name }) => host === HOST && name.includes('cpu')),
    );
    const { services, processes } = await system();
    expect(services.find(({ name }) => name === 'collector-cpu')).toMatchObject({ up: true, replica_count: 2 });
    expect(processes.filter(({ host }) => host === 'test-host').map(({ name }) => name)).toEqual(
      expect.arrayContaining(['collectors', 'server']),
    );
    const hosts = await fetch(`${url}/api/hosts`, { headers: { authorization: `Bearer ${token}` } });
    expect(await hosts.text()).toContain(`"${HOST}"`);
    expect(remote.stdout + remote.stderr).not.toContain('NATS does not permit this');
  });

  it('follow the settings of their host and of all hosts', async () => {
    await change({ host: HOST, interval_ms: 300, collectors: { memory: { enabled: false } } });
    await remote.waitFor('its own interval', () => newest('cpu')?.interval_ms === 300);
    await remote.waitFor('a collector that is off', () => newest('memory')?.status === 'disabled');
    expect(samples.findLast(({ host, collector }) => host === 'test-host' && collector === 'memory')?.status).toBe('ok');
    await change({ host: HOST, interval_ms: null, collectors: { memory: null } });
    await change({ interval_ms: 700 });
    await remote.waitFor("everyone's interval", () => newest('cpu')?.interval_ms === 700);
    await remote.waitFor('a collector that is on again', () => newest('memory')?.status === 'ok');
  });

  it('cannot have the services believe that they are a service, or that one is gone', async () => {
    const { hostname, port, username, password } = new URL(credentials);
    const thief = await connect({ servers: `${hostname}:${port}`, user: username, pass: password });
    const { processes } = await system();
    for (const { node } of processes) {
      const packet = { ver: '4', sender: node };
      thief.publish('MOL.DISCONNECT', JSON.stringify(packet));
      thief.publish(
        `MOL.REQ.${node}`,
        JSON.stringify({ ...packet, id: '1', action: 'auth.login', params: { username: 'admin', password: PASSWORD } }),
      );
      const services = [{ name: 'auth', actions: { 'auth.login': { name: 'auth.login' } } }];
      thief.publish(`MOL.INFO.${node}`, JSON.stringify({ ...packet, sender: 'thief', services, instanceID: 'x', seq: 1 }));
      thief.publish(`perfwatch.v1.metrics.${HOST}.cpu`, '{}', { reply: `MOL.DISCONNECT` });
      thief.publish(`perfwatch.v1.metrics.${HOST}.cpu`, '{}', { reply: '$JS.API.STREAM.PURGE.PERFWATCH_METRICS' });
    }
    const pretence = {
      node: 'thief',
      collectors: [{ name: 'auth', up: false, reason: 'gone' }],
      process: processOf('db-1'),
      leaving: false,
    };
    thief.publish(`perfwatch.internal.v1.presence.${HOST}`, JSON.stringify(pretence));
    await thief.flush();
    await server.waitFor('what the thief says of itself', async () => (await system()).processes.some(({ node }) => node === 'thief'));
    const after = await system();
    expect(after.readiness.status).toBe('ready');
    expect(after.services.find(({ name }) => name === 'auth')).toMatchObject({ up: true, replica_count: 1 });
    expect(after.processes.find(({ node }) => node === 'thief')?.host).toBe(HOST);
    expect(await logIn()).toBe(200);
    await thief.close();
  });

  it('go on after nats-server was killed, and have every Sample acknowledged', async () => {
    await change({ interval_ms: 200 });
    await remote.waitFor('the interval', () => newest('cpu')?.interval_ms === 200);
    process.kill(nats().pid, 'SIGKILL');
    await server.waitFor('nats-server again', () => server.stderr.includes('nats-server is back'));
    await change({ host: HOST, interval_ms: 400 });
    await remote.waitFor('settings after the outage', () => newest('cpu')?.interval_ms === 400);
    const told = async () => (await system()).processes.find(({ host, name }) => host === HOST && name.includes('cpu'));
    await server.waitFor('an empty queue', async () => (await told())?.queued_samples === 0);
    expect(await told()).toMatchObject({ dropped_samples: 0, invalid_messages: 0 });
  });

  it('are locked out once their credentials are revoked', async () => {
    expect(await perfwatch('credentials', 'list')).toMatch(new RegExp(`^collector +${HOST} +host ${HOST}`, 'm'));
    await perfwatch('credentials', 'revoke', 'collector', HOST);
    const count = () => samples.filter(({ host }) => host === HOST).length;
    const before = count();
    await remote.waitFor('the refusal', () => (remote.stdout + remote.stderr).includes('refuses these credentials'));
    expect(count() - before).toBeLessThan(10);
  });
});

function processOf(host: string): object {
  return {
    name: 'cpu',
    host,
    version: '1',
    nodeVersion: '24',
    startedAtMs: 0,
    cpuPercent: null,
    rssBytes: null,
    queuedSamples: 0,
    droppedSamples: 0,
    invalidMessages: 0,
    database: null,
  };
}
