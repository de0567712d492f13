import { startTestNats, TestAuthority, type TestNats } from '@perfwatch/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Bus } from './bus.ts';
import type { NatsTls } from './nats-options.ts';
import { openBus } from './open-bus.ts';

const WAIT_MS = 20_000;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('NATS over TLS', () => {
  const authority = new TestAuthority();
  const stranger = new TestAuthority();
  const client = authority.issue('DNS:perfwatch-client');
  let nats: TestNats;
  let buses: Bus[] = [];

  const serverConfig = (names: string[], extra = '') => {
    const { certFile, keyFile } = authority.issue(...names);
    return `tls: { cert_file: "${certFile}", key_file: "${keyFile}", ${extra} }`;
  };
  const trusting = (caFile: string, certificate: NatsTls['certificate'] = null): NatsTls => ({ caFile, certificate });
  const open = (tls: NatsTls, server = nats, host = 'localhost'): Bus => {
    const url = server.url.replace('nats://', 'tls://').replace('127.0.0.1', host);
    const bus = openBus({ servers: url, tls, name: 'test', log: silent });
    buses.push(bus);
    return bus;
  };
  const refusal = async (bus: Bus): Promise<string> => {
    await expect.poll(() => bus.state().reason, { timeout: WAIT_MS }).not.toBe('connecting to NATS');
    await expect(bus.connected(300)).rejects.toThrow();
    return bus.state().reason ?? '';
  };

  beforeAll(async () => {
    nats = await startTestNats({ config: serverConfig(['DNS:localhost', 'IP:127.0.0.1']) });
  });
  afterEach(async () => {
    await Promise.all(buses.map((bus) => bus.close(0)));
    buses = [];
  });
  afterAll(async () => {
    await nats.dispose();
    authority.dispose();
    stranger.dispose();
  });

  it('connects by name and by address to a server whose certificate its authority signed', async () => {
    await open(trusting(authority.caFile)).connected(WAIT_MS);
    await open(trusting(authority.caFile), nats, '127.0.0.1').connected(WAIT_MS);
  });

  it('refuses a server that another authority vouches for', async () => {
    expect(await refusal(open(trusting(stranger.caFile)))).toMatch(/certificate/);
    expect(await refusal(open({ caFile: null, certificate: null }))).toMatch(/certificate/);
  });

  it.each(['localhost', '127.0.0.1'])('refuses a server that is not %s by its certificate', async (host) => {
    await using other = await startTestNats({ config: serverConfig(['DNS:elsewhere.example', 'IP:10.9.9.9']) });
    expect(await refusal(open(trusting(authority.caFile), other, host))).toMatch(/does not match certificate's altnames/);
  });

  it('refuses a server without TLS', async () => {
    await using plain = await startTestNats();
    expect(await refusal(open(trusting(authority.caFile), plain))).toMatch(/tls|TLS|SERVER_OPTION/);
  });

  it('shows its own certificate to a server that wants one', async () => {
    const config = serverConfig(['DNS:localhost'], `verify: true, ca_file: "${authority.caFile}"`);
    await using strict = await startTestNats({ config });
    await open(trusting(authority.caFile, client), strict).connected(WAIT_MS);
    await refusal(open(trusting(authority.caFile), strict));
  });
});
