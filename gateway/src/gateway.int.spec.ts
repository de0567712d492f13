import { connect } from 'node:net';
import { openBus, type Bus } from '@perfwatch/bus';
import { PerfwatchError, type Identity } from '@perfwatch/contract';
import type { ServiceContext } from '@perfwatch/service-kit';
import { startTestNats, type TestNats } from '@perfwatch/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebsocketViewer } from '../test/websocket-viewer.ts';
import { quiet } from '../test/stack.ts';
import { describeListenFault, openGateway, type Gateway } from './gateway.ts';

const identity: Identity = { userId: 'u', username: 'x', role: 'viewer', tokenId: 't', expiresAtMs: Date.now() + 3_600_000, scope: null };

let nats: TestNats;
let bus: Bus;
beforeAll(async () => {
  nats = await startTestNats();
  bus = openBus({ servers: nats.url, name: 'gateway tests', log: quiet });
});
afterAll(async () => {
  await bus.close();
  await nats.dispose();
});

/** Lets anyone in: this is about the port. */
const call = ((action: string) =>
  action === 'auth.verify'
    ? Promise.resolve(identity)
    : Promise.reject(new PerfwatchError('unavailable', 'nothing else runs'))) as ServiceContext['call'];

const open = (port: number): Promise<Gateway> =>
  openGateway({
    host: '127.0.0.1',
    port,
    bus,
    call,
    clusterHealth: () => Promise.resolve({}),
    cluster: () => Promise.resolve({ replicas: [], processes: [], processCount: 0 }),
    log: quiet,
    dashboardDir: '/nonexistent',
    basePath: '/',
    metricsOpen: false,
  });

describe('the port', () => {
  it('in use is one line that says what to do, and leaves the other program alone', async () => {
    const first = await open(0);
    const { port } = new URL(first.url);
    await expect(open(Number(port))).rejects.toMatchObject({
      code: 'conflict',
      message: `HTTP port 127.0.0.1:${port} is in use`,
      hint: expect.stringContaining('PERFWATCH_HTTP_PORT'),
    });
    expect((await fetch(`${first.url}/health`)).status).toBe(200);
    await first.stop();
  });

  it.each([
    ['EACCES', /may not be used/],
    ['EADDRNOTAVAIL', /not an address of this machine/],
    ['ENOTFOUND', /not known/],
    ['EMFILE', /cannot be opened: too many files/],
  ])('with %s says so', (code, message) => {
    const error = describeListenFault(Object.assign(new Error('too many files'), { code }), { host: 'h', port: 80 });
    expect(error.message).toMatch(message);
  });
});

describe('stop', () => {
  it('ends live connections and those that never said anything, soon, and may be called twice', async () => {
    const gateway = await open(0);
    const { port } = new URL(gateway.url);
    const silent = connect(Number(port), '127.0.0.1').on('error', () => {});
    const closed = new Promise((resolve) => silent.once('close', resolve));
    await WebsocketViewer.open({ url: gateway.url, token: 'x', onSample: () => {} });
    expect(gateway.live.viewers).toBe(1);
    const startedMs = performance.now();
    await Promise.all([gateway.stop(), gateway.stop()]);
    await closed;
    // Without the gateway's own end to it this would take half a minute.
    expect(performance.now() - startedMs).toBeLessThan(15_000);
    expect(gateway.live.viewers).toBe(0);
    await expect(fetch(`${gateway.url}/health`)).rejects.toThrow();
  });
});
