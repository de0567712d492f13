import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBus, type Bus } from '@perfwatch/bus';
import { PerfwatchError, type Identity } from '@perfwatch/contract';
import type { ServiceContext } from '@perfwatch/service-kit';
import { startTestNats, type TestNats } from '@perfwatch/testing';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quiet } from '../test/stack.ts';
import { openGateway, type Gateway } from './gateway.ts';

const BASE = '/perfwatch/';
const identity: Identity = { userId: 'u', username: 'x', role: 'viewer', tokenId: 't', expiresAtMs: Date.now() + 3_600_000, scope: null };

/** Lets anyone in: this is about addresses. */
const call = ((action: string) =>
  action === 'auth.verify'
    ? Promise.resolve(identity)
    : Promise.reject(new PerfwatchError('unavailable', 'nothing else runs'))) as ServiceContext['call'];

let nats: TestNats;
let bus: Bus;
let gateway: Gateway;
let dashboardDir = '';
beforeAll(async () => {
  dashboardDir = mkdtempSync(join(tmpdir(), 'perfwatch-base-'));
  writeFileSync(join(dashboardDir, 'index.html'), '<head><base href="/" /></head><body><pw-root></pw-root></body>');
  writeFileSync(join(dashboardDir, 'main-ABCDEFG2.js'), 'main');
  nats = await startTestNats();
  bus = openBus({ servers: nats.url, name: 'gateway tests', log: quiet });
  gateway = await openGateway({
    host: '127.0.0.1',
    port: 0,
    basePath: BASE,
    metricsOpen: false,
    bus,
    call,
    clusterHealth: () => Promise.resolve({}),
    cluster: () => Promise.resolve({ replicas: [], processes: [], processCount: 0 }),
    log: quiet,
    dashboardDir,
  });
});
afterAll(async () => {
  await gateway.stop();
  await bus.close();
  await nats.dispose();
  rmSync(dashboardDir, { recursive: true, force: true });
});

/** A proxy in front of the gateway for everything below `BASE`, as nginx is one; 404 for the rest. */
async function openProxy(strips: boolean): Promise<{ url: string; close: () => void }> {
  const { port } = new URL(gateway.url);
  const pathOf = (request: IncomingMessage) => (strips ? (request.url ?? '').slice(BASE.length - 1) : request.url);
  const sockets = new Set<Socket>();
  const proxy: Server = createServer((request, response) => {
    if (request.url?.startsWith(BASE) !== true) {
      response.writeHead(404).end();
      return;
    }
    const { method, headers } = request;
    const behind = httpRequest({ host: '127.0.0.1', port, path: pathOf(request), method, headers }, (reply) => {
      response.writeHead(reply.statusCode ?? 500, reply.headers);
      reply.pipe(response);
    });
    request.pipe(behind);
  });
  proxy.on('connection', (socket: Socket) => sockets.add(socket));
  proxy.on('upgrade', (request, socket) => {
    const behind = connect(Number(port), '127.0.0.1', () => {
      const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${String(value)}`);
      behind.write([`GET ${pathOf(request) ?? ''} HTTP/1.1`, ...headers, '', ''].join('\r\n'));
      socket.pipe(behind).pipe(socket);
    });
    sockets.add(behind);
    for (const end of [socket, behind]) end.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}

describe.each([
  ['keeps the path', false],
  ['takes the path away', true],
])('behind a proxy that %s', (_, strips) => {
  let proxy: Awaited<ReturnType<typeof openProxy>>;
  beforeAll(async () => {
    proxy = await openProxy(strips);
  });
  afterAll(() => proxy.close());
  const get = (path: string) => fetch(proxy.url + path, { headers: { accept: 'text/html', authorization: 'Bearer x' } });

  it('serves the page with its base, under a policy that allows it', async () => {
    for (const path of ['/perfwatch/', '/perfwatch/hosts/web-1?window=5m']) {
      const reply = await get(path);
      expect(reply.status).toBe(200);
      expect(await reply.text()).toContain('<base href="/perfwatch/" />');
      expect(reply.headers.get('content-security-policy')).toContain("base-uri 'self'");
    }
  });

  it('serves files, health and API, and describes it with its address', async () => {
    expect(await (await get('/perfwatch/main-ABCDEFG2.js')).text()).toBe('main');
    expect((await get('/perfwatch/health')).status).toBe(200);
    expect((await get('/perfwatch/api/nothing')).status).toBe(404);
    expect((await get('/perfwatch/api/hosts')).status).toBe(503);
    expect(await (await get('/perfwatch/api/openapi.json')).json()).toMatchObject({ servers: [{ url: '/perfwatch' }] });
  });

  it('serves the browser of the API with addresses that exist', async () => {
    const page = await get('/perfwatch/docs');
    const html = await page.text();
    const scripts = [...html.matchAll(/<script[^>]+src="([^"]+)"/g)].map(([, src = '']) => new URL(src, page.url));
    expect(scripts.length).toBeGreaterThan(0);
    for (const { pathname } of scripts) expect([pathname, (await get(pathname)).status]).toEqual([pathname, 200]);
  });

  it.each(['websocket', 'polling'])('carries live data over %s', async (transport) => {
    const socket = io(`${proxy.url}/live`, {
      path: '/perfwatch/socket.io',
      auth: { token: 'x' },
      transports: [transport],
      forceNew: true,
      reconnection: false,
    });
    try {
      await new Promise((resolve, reject) => socket.once('connect', () => resolve(null)).once('connect_error', reject));
      expect(socket.connected).toBe(true);
    } finally {
      socket.disconnect();
    }
  });
});
