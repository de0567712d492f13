import { gunzipSync } from 'node:zlib';
import { PerfwatchError, type Sample } from '@perfwatch/contract';
import { createLogger } from '@perfwatch/service-kit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttpServer } from '../http/create-http-server.ts';

/** A gateway with nothing behind it but Samples. */
async function gatewayWith({ metricsOpen }: { metricsOpen: boolean }) {
  const state = { send: (_sample: Sample): void => undefined, subscribed: 0, stopped: 0 };
  const server = await createHttpServer({
    call: () => Promise.reject(new PerfwatchError('unavailable', 'nothing else runs')),
    clusterHealth: () => Promise.resolve({}),
    cluster: () => Promise.resolve({ replicas: [], processes: [], processCount: 0 }),
    streamState: () => Promise.resolve(null),
    subscribeSamples: (_subject, handler) => {
      state.subscribed++;
      state.send = handler;
      const stop = () => {
        state.stopped++;
        return Promise.resolve();
      };
      return { stop };
    },
    liveState: () => ({ connections: 3, subscriptions: 2 }),
    busState: () => ({ connected: true, reason: null }),
    log: createLogger({ level: 'fatal', name: 'test', pretty: false }),
    dashboardDir: '/nonexistent',
    basePath: '/',
    metricsOpen,
  });
  onTestFinished(() => server.close());
  return { server, state };
}

const sample = (host: string): Sample => ({ host, collector: 'cpu', ts: new Date().toISOString(), metrics: { load_1m: 1.5 } });

describe('/metrics', () => {
  it('is for everyone where that is configured, and for nobody without a token elsewhere', async () => {
    const open = await gatewayWith({ metricsOpen: true });
    const closed = await gatewayWith({ metricsOpen: false });
    const [admitted, refused] = await Promise.all([open.server.inject('/metrics'), closed.server.inject('/metrics')]);
    expect([admitted.statusCode, refused.statusCode]).toEqual([200, 401]);
    expect(closed.state.subscribed).toBe(0);
  });

  it('reads Samples from the first request on, once for everybody, until the gateway stops', async () => {
    const { server, state } = await gatewayWith({ metricsOpen: true });
    expect(state.subscribed).toBe(0);
    const asked = Promise.all(['', '', ''].map(() => server.inject('/metrics')));
    await expect.poll(() => state.subscribed).toBe(1);
    for (const host of ['web-1', 'web-2']) state.send(sample(host));
    const texts = (await asked).map(({ body }) => body);
    expect(texts[0]).toContain('perfwatch_cpu_load_1m{host="web-2"} 1.5\n');
    expect(texts[0]).toContain('perfwatch_live_connections 3\n');
    expect(new Set(texts).size).toBe(1);
    expect(state.subscribed).toBe(1);
    await server.close();
    expect(state.stopped).toBe(1);
  });

  // A machine that stands still for a second between two requests is not what this is about.
  it('is written anew no more than once a second', { retry: 2 }, async () => {
    const { server, state } = await gatewayWith({ metricsOpen: true });
    const first = await server.inject('/metrics');
    state.send(sample('web-1'));
    expect((await server.inject('/metrics')).body).toBe(first.body);
    await expect.poll(async () => (await server.inject('/metrics')).body, { timeout: 3000 }).toContain('perfwatch_cpu_load_1m');
  });

  it('is compressed for those who take it so', async () => {
    const { server } = await gatewayWith({ metricsOpen: true });
    const plain = await server.inject({ url: '/metrics', headers: { 'accept-encoding': 'gzip;q=0' } });
    const compressed = await server.inject({ url: '/metrics', headers: { 'accept-encoding': 'deflate, gzip' } });
    expect([plain.headers['content-encoding'], compressed.headers['content-encoding']]).toEqual([undefined, 'gzip']);
    for (const text of [plain.body, gunzipSync(compressed.rawPayload).toString()]) expect(text).toMatch(/^perfwatch_hosts 0$/m);
  });

  it('is only read', async () => {
    const { server } = await gatewayWith({ metricsOpen: true });
    const reply = await server.inject({ method: 'POST', url: '/metrics' });
    expect([reply.statusCode, reply.headers['allow']]).toEqual([405, 'GET, HEAD']);
  });
});
