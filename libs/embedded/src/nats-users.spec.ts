import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addCredentials, listCredentials, prepareUsers, removeCredentials } from './nats-users.ts';

describe('credentials of programs', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'perfwatch-users-'))));
  afterEach(() => rmSync(dir, { recursive: true }));
  const collector = (name: string, host = 'web-1') => addCredentials(dir, { kind: 'collector', name, host });
  const written = () => readFileSync(join(dir, 'users.conf'), 'utf8');

  it('are kept in files that only their owner can read', () => {
    collector('web-1');
    prepareUsers({ dir, collectorHost: 'db-1', letsAnyoneListen: true });
    for (const file of ['users.conf', 'credentials.json', 'access.json', 'service-password'])
      expect(statSync(join(dir, file)).mode & 0o777).toBe(0o600);
  });

  it('have names of their own, which nobody else on the bus has', () => {
    collector('web-1');
    expect(() => collector('web-1', 'web-2')).toThrow('already');
    expect(() => addCredentials(dir, { kind: 'reader', name: 'web-1' })).toThrow('already');
    for (const taken of ['perfwatch-service', 'perfwatch-collectors', 'anonymous']) expect(() => collector(taken)).toThrow('already');
  });

  it('end when they are revoked', () => {
    collector('web-1');
    expect(() => removeCredentials(dir, { kind: 'reader', name: 'web-1' })).toThrow('no reader credentials named web-1');
    removeCredentials(dir, { kind: 'collector', name: 'web-1' });
    expect(listCredentials(dir)).toEqual([]);
    expect(written()).not.toContain('web-1');
    expect(() => removeCredentials(dir, { kind: 'collector', name: 'web-1' })).toThrow('no collector credentials named web-1');
  });

  it('are not thrown away when their file was damaged', () => {
    writeFileSync(join(dir, 'credentials.json'), '[{');
    expect(() => collector('web-1')).toThrow('restore it');
  });

  it('that an earlier version made go on, and end for good when they are revoked', () => {
    const old = [{ name: 'old', host: 'web-1', password: 'secret-1', createdAt: '2026-01-01T00:00:00.000Z' }];
    writeFileSync(join(dir, 'collectors.json'), JSON.stringify(old));
    collector('new', 'web-2');
    expect(listCredentials(dir)).toMatchObject([{ kind: 'collector', ...old[0] }, { name: 'new' }]);
    removeCredentials(dir, { kind: 'collector', name: 'old' });
    expect(existsSync(join(dir, 'collectors.json'))).toBe(false);
    expect(written()).not.toContain('secret-1');
  });

  it('leave those alone that a running server was started with', () => {
    const { service, ownCollector } = prepareUsers({ dir, collectorHost: 'db-1', letsAnyoneListen: false });
    collector('web-1');
    for (const pair of [service, ownCollector ?? '']) expect(written()).toContain(pair.split(':')[1]);
    expect(written()).not.toContain('no_auth_user');
    expect(prepareUsers({ dir, collectorHost: 'db-1', letsAnyoneListen: true })).toEqual({ service, ownCollector });
    expect(written()).toContain('no_auth_user: anonymous');
  });
});
