import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addCollectorCredentials, listCollectorCredentials, removeCollectorCredentials } from './nats-users.ts';

describe('credentials of collectors', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'perfwatch-users-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  it('may publish the subjects of their host and listen to nothing', () => {
    const { password } = addCollectorCredentials({ dir, host: 'web-1', name: 'backup' });
    const users = readFileSync(join(dir, 'users.conf'), 'utf8');
    const json: unknown = JSON.parse(users.slice(users.indexOf('{'), users.lastIndexOf('}') + 1));
    const publish = {
      allow: ['metrics.web-1.>', 'catalog.web-1.>', 'host.web-1', 'annotations.web-1'].map((end) => `perfwatch.v1.${end}`),
    };
    const permissions = { publish, subscribe: { deny: ['>'] } };
    expect(json).toMatchObject({ users: expect.arrayContaining([{ user: 'backup', password, permissions }]) });
  });

  it('are kept in files that only their owner can read', () => {
    addCollectorCredentials({ dir, host: 'web-1', name: 'web-1' });
    for (const file of ['users.conf', 'collectors.json', 'service-password']) expect(statSync(join(dir, file)).mode & 0o777).toBe(0o600);
  });

  it('have names of their own, which nobody else on the bus has', () => {
    addCollectorCredentials({ dir, host: 'web-1', name: 'web-1' });
    expect(() => addCollectorCredentials({ dir, host: 'web-2', name: 'web-1' })).toThrow('already');
    expect(() => addCollectorCredentials({ dir, host: 'web-2', name: 'perfwatch-service' })).toThrow('already');
  });

  it('end when they are revoked', () => {
    addCollectorCredentials({ dir, host: 'web-1', name: 'web-1' });
    removeCollectorCredentials({ dir, name: 'web-1' });
    expect(listCollectorCredentials(dir)).toEqual([]);
    expect(readFileSync(join(dir, 'users.conf'), 'utf8')).not.toContain('web-1');
    expect(() => removeCollectorCredentials({ dir, name: 'web-1' })).toThrow('no credentials named web-1');
  });

  it('are not thrown away when their file was damaged', () => {
    writeFileSync(join(dir, 'collectors.json'), '[{');
    expect(() => addCollectorCredentials({ dir, host: 'web-1', name: 'web-1' })).toThrow('restore it');
  });
});
