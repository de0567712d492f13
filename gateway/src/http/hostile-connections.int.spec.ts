import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { openBus, type Bus } from '@perfwatch/bus';
import { PerfwatchError, type Identity } from '@perfwatch/contract';
import type { ServiceContext } from '@perfwatch/service-kit';
import { startTestNats, type TestNats } from '@perfwatch/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawGet, rawRequest } from '../../test/raw-http.ts';
import { quiet, until } from '../../test/stack.ts';
import { openGateway, type Gateway } from '../gateway.ts';

const MEGABYTES_10 = 10 * 1024 * 1024;
const MAX_CONNECTIONS = 60;
const SECRET = 'not for anyone';
const identity: Identity = { userId: 'u', username: 'x', role: 'viewer', tokenId: 't', expiresAtMs: null, scope: null };

/** Lets anyone in: this is about connections. */
const call = ((action: string) =>
  action === 'auth.verify'
    ? Promise.resolve(identity)
    : Promise.reject(new PerfwatchError('unavailable', 'nothing else runs'))) as ServiceContext['call'];

let nats: TestNats;
let bus: Bus;
let gateway: Gateway;
let dir = '';
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'perfwatch-hostile-'));
  mkdirSync(join(dir, 'browser'));
  writeFileSync(join(dir, 'browser/index.html'), '<head><base href="/" /></head><body><pw-root></pw-root></body>');
  writeFileSync(join(dir, 'browser/.env'), SECRET);
  writeFileSync(join(dir, 'secret.txt'), SECRET);
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
    dashboardDir: join(dir, 'browser'),
    basePath: '/',
    metricsOpen: false,
    maxConnections: MAX_CONNECTIONS,
  });
});
afterAll(async () => {
  await gateway.stop();
  await bus.close();
  await nats.dispose();
  rmSync(dir, { recursive: true, force: true });
});

/** A thousand times as large when it is taken apart. */
const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024));

const isAnswering = async (): Promise<boolean> => {
  try {
    return (await fetch(`${gateway.url}/health`, { headers: { connection: 'close' } })).ok;
  } catch {
    return false;
  }
};
const post = (headers: readonly string[]) =>
  [`POST /api/auth/login HTTP/1.1`, 'Host: localhost', 'Content-Type: application/json', ...headers, '', ''].join('\r\n');

/** Sends `text` byte by byte, one every 200 ms, until the connection ends. */
async function drip(socket: Socket, text: string): Promise<void> {
  for (const byte of text) {
    if (socket.destroyed) return;
    socket.write(byte);
    await delay(200);
  }
}

describe('slow clients', () => {
  it('are cut off, whether they say nothing, dawdle over headers or over a body, and disturb nobody meanwhile', async () => {
    const silent = rawRequest(gateway.url, () => undefined);
    const headers = rawRequest(gateway.url, (socket) => void drip(socket, `GET /health HTTP/1.1\r\nX-Slow: ${'a'.repeat(10_000)}`));
    const body = rawRequest(gateway.url, (socket) => {
      socket.write(post(['Content-Length: 10000']));
      void drip(socket, 'x'.repeat(10_000));
    });
    const latencies: number[] = [];
    const watching = { isOver: false };
    const watch = (async () => {
      while (!watching.isOver) {
        const startedMs = performance.now();
        expect(await isAnswering()).toBe(true);
        latencies.push(performance.now() - startedMs);
        await delay(500);
      }
    })();
    const [silence, slowHeaders, slowBody] = await Promise.all([silent, headers, body]);
    watching.isOver = true;
    await watch;
    expect(silence.elapsedMs).toBeLessThan(20_000);
    expect(slowHeaders.elapsedMs).toBeLessThan(20_000);
    expect(slowHeaders.status).toBe(408);
    expect(slowBody.elapsedMs).toBeLessThan(45_000);
    expect(slowBody.status).toBe(408);
    expect(latencies.length).toBeGreaterThan(10);
    expect(latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length / 2)]).toBeLessThan(500);
  });
});

describe('what is too much', () => {
  it('10 MB of headers are refused with 431 when the first 16 kB have come', async () => {
    const reply = await rawRequest(gateway.url, (socket) => {
      socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\nX-Large: ');
      socket.write(Buffer.alloc(MEGABYTES_10, 'a'));
    });
    expect([431, null]).toContain(reply.status);
    expect((await rawGet(gateway.url, '/health', [`X-Large: ${'a'.repeat(20_000)}`])).status).toBe(431);
  });

  it.each([
    ['that is announced', ['Content-Length: 10485760'], (chunk: Buffer) => chunk],
    [
      'in chunks',
      ['Transfer-Encoding: chunked'],
      (chunk: Buffer) => Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]),
    ],
  ])('10 MB of body %s are refused with 413, the connection with it', async (_, headers, framed) => {
    const before = process.memoryUsage().rss;
    const reply = await rawRequest(gateway.url, (socket) => {
      socket.write(post(headers));
      for (let sent = 0; sent < MEGABYTES_10; sent += 65_536) socket.write(framed(Buffer.alloc(65_536, 0x20)));
    });
    expect(reply.status).toBe(413);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  it.each(['gzip', 'br', 'deflate', 'zstd', 'identity, gzip'])(
    'a body compressed with %s is refused with 415, unread',
    async (encoding) => {
      const reply = await rawRequest(gateway.url, (socket) => {
        socket.write(post([`Content-Encoding: ${encoding}`, `Content-Length: ${bomb.length}`]));
        socket.write(bomb);
      });
      expect(reply.status).toBe(415);
      expect(reply.text).toContain('not compressed');
    },
  );

  it('takes a body that says it is not compressed', async () => {
    const body = '{"username": 1}';
    const reply = await rawRequest(gateway.url, (socket) =>
      socket.write(post(['Content-Encoding: identity', 'Connection: close', `Content-Length: ${body.length}`]) + body),
    );
    expect(reply.status).toBe(400);
  });

  it('turns away connections beyond the bound at once, and takes new ones when others have gone', async () => {
    const sockets = Array.from({ length: MAX_CONNECTIONS + 40 }, () => {
      const { hostname, port } = new URL(gateway.url);
      return connect(Number(port), hostname).on('error', () => undefined);
    });
    await until(() => sockets.filter((socket) => socket.closed).length >= 40, 'the rest is turned away');
    expect(sockets.filter((socket) => !socket.closed).length).toBeLessThanOrEqual(MAX_CONNECTIONS);
    expect(await isAnswering()).toBe(false);
    for (const socket of sockets) socket.destroy();
    await until(isAnswering, 'it answers again');
  });
});

describe('paths that leave the dashboard', () => {
  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/%252e%252e%252fsecret.txt',
    '/..\\secret.txt',
    '/..%5csecret.txt',
    '/....//secret.txt',
    '//../secret.txt',
    '/x/../../secret.txt',
    '/x/..%2f..%2fsecret.txt',
    '/%c0%ae%c0%ae/secret.txt',
    '/..;/secret.txt',
    '/secret.txt%00.html',
    '/%00/../secret.txt',
    '../secret.txt',
    'file:///etc/passwd',
    'http://localhost/../secret.txt',
    '/.env',
    '/%2eenv',
    '//etc/passwd',
    '/socket.io/../secret.txt',
    '/docs/../secret.txt',
    '/docs/static/../../../../package.json',
    '/docs/static/..%2f..%2f..%2fpackage.json',
  ])('%s finds nothing', async (path) => {
    const { status, text } = await rawGet(gateway.url, path, ['Accept: */*']);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(text).not.toContain(SECRET);
    expect(text).not.toMatch(/root:|"devDependencies"/);
    expect(text).not.toContain(dir);
  });
});
