import { appendFileSync, chownSync, copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startTestPostgres, TestAuthority, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from './open-store.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Has the server show a certificate of `names`. */
async function useTls(postgres: TestServer, authority: TestAuthority, names: string[]): Promise<void> {
  const data = join(postgres.dir, 'data');
  const { uid, gid } = statSync(data);
  const { certFile, keyFile } = authority.issue(...names);
  for (const [from, name] of [
    [certFile, 'server.crt'],
    [keyFile, 'server.key'],
  ] as const) {
    copyFileSync(from, join(data, name));
    chownSync(join(data, name), uid, gid);
  }
  appendFileSync(join(data, 'postgresql.conf'), '\nssl = on\n');
  await postgres.restart();
}

describe('PostgreSQL over TLS', () => {
  const authority = new TestAuthority();
  const stranger = new TestAuthority();
  let postgres: TestServer;

  const urlOf = (mode: string, host = 'localhost') => `${postgres.url.replace('127.0.0.1', host)}?sslmode=${mode}`;
  /** Whether the connection that is made is encrypted. */
  const connect = async (url: string, caFile: string | null): Promise<unknown> => {
    const store = await openStore({ url, caFile, log: silent, waitMs: 0 });
    try {
      const [row] = await store.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
      return row?.['ssl'];
    } finally {
      await store.close();
    }
  };

  beforeAll(async () => {
    postgres = await startTestPostgres();
    await useTls(postgres, authority, ['DNS:localhost', 'IP:127.0.0.1']);
  });
  afterAll(async () => {
    await postgres.dispose();
    authority.dispose();
    stranger.dispose();
  });

  it('connects by name and by address to a server whose certificate its authority signed', async () => {
    expect(await connect(urlOf('verify-full'), authority.caFile)).toBe(true);
    expect(await connect(urlOf('verify-full', '127.0.0.1'), authority.caFile)).toBe(true);
  });

  it.each(['verify-full', 'verify-ca'])('refuses a server that another authority vouches for: %s', async (mode) => {
    await expect(connect(urlOf(mode), stranger.caFile)).rejects.toThrow(/certificate/);
    await expect(connect(urlOf(mode), null)).rejects.toThrow(/certificate/);
  });

  it('refuses a server that is another one by its certificate, unless told not to look', async () => {
    await using other = await startTestPostgres();
    await useTls(other, authority, ['DNS:elsewhere.example']);
    const of = (mode: string) => `${other.url}?sslmode=${mode}`;
    await expect(connect(of('verify-full'), authority.caFile)).rejects.toThrow(/does not match certificate's altnames/);
    expect(await connect(of('verify-ca'), authority.caFile)).toBe(true);
  });

  it('encrypts without looking at the certificate, and not at all, when told to', async () => {
    expect(await connect(urlOf('require'), null)).toBe(true);
    expect(await connect(urlOf('disable'), null)).toBe(false);
    expect(await connect(postgres.url, null)).toBe(false);
  });

  it('refuses a server without TLS', async () => {
    await using plain = await startTestPostgres();
    await expect(connect(`${plain.url}?sslmode=require`, null)).rejects.toThrow(/does not support SSL/);
  });
});
