import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { openBus, type Bus } from '@perfwatch/bus';
import { PerfwatchError, type Identity } from '@perfwatch/contract';
import type { ServiceContext } from '@perfwatch/service-kit';
import { startTestNats, TestAuthority, type TestNats } from '@perfwatch/testing';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { quiet } from '../test/stack.ts';
import { openGateway, type Gateway } from './gateway.ts';

const identity: Identity = { userId: 'u', username: 'x', role: 'viewer', tokenId: 't', expiresAtMs: Date.now() + 3_600_000, scope: null };
/** Lets anyone in: this is about the connection. */
const call = ((action: string) =>
  action === 'auth.verify'
    ? Promise.resolve(identity)
    : Promise.reject(new PerfwatchError('unavailable', 'nothing else runs'))) as ServiceContext['call'];

const get = (url: string, ca: Buffer | undefined): Promise<{ status: number; hsts: string | undefined }> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { ca, agent: false }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, hsts: response.headers['strict-transport-security'] });
    });
    sent.once('error', reject);
    sent.end();
  });

describe('the gateway over TLS', () => {
  const authority = new TestAuthority();
  const stranger = new TestAuthority();
  const dir = mkdtempSync(join(tmpdir(), 'perfwatch-tls-'));
  const certificate = { certFile: join(dir, 'cert.pem'), keyFile: join(dir, 'key.pem') };
  const install = (names: string[]) => {
    const { certFile, keyFile } = authority.issue(...names);
    copyFileSync(certFile, certificate.certFile);
    copyFileSync(keyFile, certificate.keyFile);
  };
  let nats: TestNats;
  let bus: Bus;
  let gateway: Gateway;

  beforeAll(async () => {
    install(['DNS:localhost', 'IP:127.0.0.1']);
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
      certificate,
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await bus.close(0);
    await nats.dispose();
    for (const one of [authority, stranger]) one.dispose();
    rmSync(dir, { recursive: true });
  });

  it('serves who trusts its authority, and tells browsers to stay with TLS', async () => {
    expect(gateway.url).toMatch(/^https:/);
    expect(await get(`${gateway.url}/health`, authority.certificate)).toEqual({ status: 200, hsts: expect.stringContaining('max-age=') });
  });

  it('is refused by who trusts another', async () => {
    await expect(get(`${gateway.url}/health`, stranger.certificate)).rejects.toThrow(/certificate/);
    await expect(get(`${gateway.url}/health`, undefined)).rejects.toThrow(/certificate/);
  });

  it('carries live data', async () => {
    const socket = io(`${gateway.url}/live`, { ca: authority.certificate.toString(), transports: ['websocket'], auth: { token: 't' } });
    await vi.waitFor(() => expect(socket.connected).toBe(true), { timeout: 20_000 });
    socket.disconnect();
  });

  it('speaks no version of TLS that is out of date', async () => {
    const { port } = new URL(gateway.url);
    const failed = Promise.withResolvers<Error>();
    const options = {
      port: Number(port),
      host: '127.0.0.1',
      ca: authority.certificate,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
    } as const;
    connectTls({ ...options, ciphers: 'DEFAULT@SECLEVEL=0' }, () => failed.reject(new Error('connected'))).once('error', failed.resolve);
    expect((await failed.promise).message).toMatch(/protocol version|alert/);
  });
});
