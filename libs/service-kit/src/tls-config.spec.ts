import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestAuthority } from '@perfwatch/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from './config.ts';

const authority = new TestAuthority();
const own = authority.issue('DNS:localhost');
const other = authority.issue('DNS:other');
const dir = mkdtempSync(join(tmpdir(), 'perfwatch-tls-config-'));
const garbage = join(dir, 'garbage.pem');
writeFileSync(garbage, 'not a certificate');

afterAll(() => {
  authority.dispose();
  rmSync(dir, { recursive: true });
});

const complaints = (env: Record<string, string>): string => {
  try {
    loadConfig(env);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return '';
};

describe('the configuration of TLS', () => {
  it('reads what each connection believes and shows', () => {
    const { tls } = loadConfig({
      PERFWATCH_NATS_URL: 'tls://nats.example:4222',
      PERFWATCH_NATS_CA_FILE: authority.caFile,
      PERFWATCH_NATS_CERT_FILE: own.certFile,
      PERFWATCH_NATS_KEY_FILE: own.keyFile,
      PERFWATCH_DATABASE_URL: 'postgres://u:p@db.example/perfwatch?sslmode=verify-full',
      PERFWATCH_DATABASE_CA_FILE: authority.caFile,
      PERFWATCH_TLS_CERT_FILE: other.certFile,
      PERFWATCH_TLS_KEY_FILE: other.keyFile,
    });
    expect(tls).toEqual({ natsCaFile: authority.caFile, natsCertificate: own, databaseCaFile: authority.caFile, httpCertificate: other });
  });

  it('is off unless asked for', () => {
    expect(loadConfig({}).tls).toEqual({ natsCaFile: null, natsCertificate: null, databaseCaFile: null, httpCertificate: null });
  });

  it.each([
    [{ PERFWATCH_TLS_CERT_FILE: own.certFile }, 'PERFWATCH_TLS_CERT_FILE is set but PERFWATCH_TLS_KEY_FILE is not'],
    [{ PERFWATCH_TLS_KEY_FILE: own.keyFile }, 'PERFWATCH_TLS_KEY_FILE is set but PERFWATCH_TLS_CERT_FILE is not'],
    [{ PERFWATCH_TLS_CERT_FILE: own.certFile, PERFWATCH_TLS_KEY_FILE: other.keyFile }, 'does not belong to the certificate'],
    [{ PERFWATCH_TLS_CERT_FILE: garbage, PERFWATCH_TLS_KEY_FILE: own.keyFile }, `names ${garbage}, which is no certificate in PEM`],
    [{ PERFWATCH_TLS_CERT_FILE: own.certFile, PERFWATCH_TLS_KEY_FILE: garbage }, `names ${garbage}, which is no private key in PEM`],
    [
      { PERFWATCH_TLS_CERT_FILE: '/nowhere', PERFWATCH_TLS_KEY_FILE: own.keyFile },
      'PERFWATCH_TLS_CERT_FILE names a file that cannot be read',
    ],
    [{ PERFWATCH_NATS_URL: 'nats://n:4222', PERFWATCH_NATS_CA_FILE: authority.caFile }, 'PERFWATCH_NATS_URL has no tls:// server'],
    [{ PERFWATCH_DATABASE_URL: 'postgres://d/p', PERFWATCH_DATABASE_CA_FILE: authority.caFile }, 'does not end in ?sslmode=verify-full'],
    [{ PERFWATCH_DATABASE_URL: 'postgres://d/p?sslmode=prefer' }, 'has sslmode=prefer but must have one of disable, require'],
  ])('complains in one line about %j', (env, complaint) => {
    expect(complaints(env)).toContain(complaint);
    expect(complaints(env).split('\n')).toHaveLength(1);
  });
});
