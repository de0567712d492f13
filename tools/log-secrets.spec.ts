import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepLog, noteSecret, temporaryDataDirectory } from '@perfwatch/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findSecrets, logFaults, readKept } from './log-secrets.ts';

const PASSWORD = 'tulip-harbour-eleven';
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIzZjBjMmMxZSJ9.c2lnbmF0dXJlLW9mLWl0';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perfwatch-kept-'));
  vi.stubEnv('TEST_LOG_FOLDER', join(folder, 'logs'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});
const faults = () => logFaults(join(folder, 'logs'));

describe('the logs of a whole run', () => {
  it('are fine when they hold no secret', () => {
    keepLog({ output: 'perfwatch is ready\n', env: { PERFWATCH_ADMIN_PASSWORD: PASSWORD } });
    expect(faults()).toEqual([]);
  });

  it('are told to hold a password that was given, by file and line and without telling it', () => {
    keepLog({ output: `ready\nlogin with ${PASSWORD}\n`, env: { PERFWATCH_ADMIN_PASSWORD: PASSWORD } });
    const [fault = ''] = faults();
    expect(fault).toMatch(/-log:2: a secret of 20 characters that the run has used$/);
    expect(fault).not.toContain(PASSWORD);
  });

  it('are told to hold what one process used and another printed', () => {
    keepLog({ output: 'mine\n', env: { PERFWATCH_DATABASE_URL: 'postgres://perfwatch:s3cret%2Fword@db/perfwatch' } });
    keepLog({ output: 'a test said walnut-canyon-twelve\nand the server s3cret/word\n', env: {} });
    noteSecret('walnut-canyon-twelve');
    expect(faults()).toHaveLength(2);
  });

  it('are told to hold what the data directory keeps for itself', () => {
    const directory = temporaryDataDirectory();
    const dataDir = directory.path;
    for (const name of ['secrets', 'nats', 'postgres']) mkdirSync(join(dataDir, name), { recursive: true });
    writeFileSync(join(dataDir, 'secrets/jwt'), 'sXr1m0yq3cJvZb7dK2uN8wTgPzHaLf4QsXr1m0yq3cJ\n');
    writeFileSync(
      join(dataDir, 'nats/users.conf'),
      `store_dir: "${dataDir}/nats", users = [{user: service, password: "0123456789abcdef0123456789abcdef"}]`,
    );
    writeFileSync(join(dataDir, 'postgres/password'), 'fedcba9876543210fedcba9876543210\n');
    const env = { PERFWATCH_DATA_DIR: dataDir };
    keepLog({ output: `data in ${dataDir}\n`, env });
    expect(faults()).toEqual([]);
    keepLog({
      output: '0123456789abcdef0123456789abcdef\nfedcba9876543210fedcba9876543210\nsXr1m0yq3cJvZb7dK2uN8wTgPzHaLf4QsXr1m0yq3cJ\n',
      env,
    });
    expect(faults()).toHaveLength(3);
    directory.dispose();
  });

  it.each([
    ['a JWT', `token=${JWT}`],
    ['an API token', `pw_${'a1'.repeat(21)}b`],
    ['a password hash', `$2b$12$${'abcdefghijk'.repeat(5).slice(0, 53)}`],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----'],
    ['a URL with a password', 'nats://service:hunter2@127.0.0.1:4222'],
  ])('are told to hold %s, though nobody has noted it', (name, text) => {
    const [found] = findSecrets({ logs: [{ name: '1-log', text: `x\n${text}\n` }], secrets: [] });
    expect(found).toBe(`1-log:2: ${name}`);
  });

  it('are not fine when there are none, or no secret to look for', () => {
    expect(faults()).toEqual(['no log was kept']);
    keepLog({ output: 'x\n', env: {} });
    expect(faults()).toEqual(['no secret was noted']);
  });

  it('are kept by nobody who was not asked to', () => {
    vi.stubEnv('TEST_LOG_FOLDER', undefined);
    keepLog({ output: 'x\n', env: { PERFWATCH_ADMIN_PASSWORD: PASSWORD } });
    expect(readKept(join(folder, 'logs'))).toEqual({ logs: [], secrets: [] });
  });

  it('are looked at by the test command after the end-to-end tests', () => {
    expect(readFileSync(join(import.meta.dirname, 'test.mjs'), 'utf8')).toMatch(
      /suite\('end-to-end'[\s\S]*check\('no secrets in the logs', \['tools\/log-secrets\.ts', logFolder\]\)/,
    );
  });
});
