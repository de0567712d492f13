import { get, type ClientRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { openBus, type Bus } from '@perfwatch/bus';
import { PerfwatchError, type Identity } from '@perfwatch/contract';
import type { ServiceContext } from '@perfwatch/service-kit';
import { startTestNats, type TestNats } from '@perfwatch/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quiet, until } from '../../test/stack.ts';
import { openGateway, type Gateway } from '../gateway.ts';

const RUNNING = 2;
const WAITING = 1;
const EXPENSIVE = [
  '/api/history/metrics?metric_type=cpu',
  '/api/history/export?metric_type=cpu',
  '/api/history/compare?period=hour&compare_to=yesterday',
];

/** Queries that history has been asked and has not answered. */
const asked: (() => void)[] = [];

/** Everyone is who their token says; history answers when it is told to. */
const call = ((action: string, { token = '' }: { token?: string }) => {
  if (action === 'auth.verify')
    return Promise.resolve<Identity>({ userId: token, username: token, role: 'viewer', tokenId: token, expiresAtMs: null, scope: null });
  const isExpensive = ['history.query', 'history.export', 'history.compare'].includes(action);
  if (!isExpensive) return Promise.reject(new PerfwatchError('unavailable', 'nothing else runs'));
  return new Promise((_resolve, reject) => asked.push(() => reject(new PerfwatchError('unavailable', 'that is all'))));
}) as ServiceContext['call'];

let nats: TestNats;
let bus: Bus;
let gateway: Gateway;
beforeAll(async () => {
  nats = await startTestNats();
  bus = openBus({ servers: nats.url, name: 'gateway tests', log: quiet });
  gateway = await openGateway({
    host: '127.0.0.1',
    port: 0,
    bus,
    call,
    clusterHealth: () => Promise.resolve({}),
    cluster: () => Promise.resolve({ replicas: [], processes: [], processCount: 0 }),
    log: quiet,
    dashboardDir: '/nonexistent',
    basePath: '/',
    metricsOpen: false,
    atOnceLimits: { maxRunning: RUNNING, maxWaiting: WAITING },
  });
});
afterAll(async () => {
  await gateway.stop();
  await bus.close();
  await nats.dispose();
});

interface Running {
  request: ClientRequest;
  status: Promise<number>;
}

function begin(user: string, path: string): Running {
  const answered = Promise.withResolvers<number>();
  const request = get(gateway.url + path, { headers: { authorization: `Bearer ${user}` }, agent: false }, (reply) => {
    reply.resume().on('end', () => answered.resolve(reply.statusCode ?? 0));
  });
  request.on('error', () => answered.resolve(0));
  return { request, status: answered.promise };
}

describe.each(EXPENSIVE)('%s', (path) => {
  it('runs so often for one user, waits, is refused beyond, and goes on when others have gone away', async () => {
    const [first, second] = [begin('ada', path), begin('ada', path)];
    await until(() => asked.length === RUNNING, 'two run');
    const waiting = begin('ada', EXPENSIVE[0] ?? path);
    // Time enough to reach its place in the line.
    await delay(500);
    expect(await begin('ada', path).status).toBe(429);
    const stranger = begin('grace', path);
    await until(() => asked.length === RUNNING + 1, 'another user is served');
    first.request.destroy();
    await until(() => asked.length === RUNNING + 2, 'the one that waited runs');
    for (const answer of asked.splice(0)) answer();
    expect(await Promise.all([second.status, waiting.status, stranger.status])).toEqual([503, 503, 503]);
    const after = begin('ada', path);
    await until(() => asked.length === 1, 'there is room again');
    for (const answer of asked.splice(0)) answer();
    expect(await after.status).toBe(503);
  });
});
