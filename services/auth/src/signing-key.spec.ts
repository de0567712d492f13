import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSigningKey } from './signing-key.ts';

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'perfwatch-key-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('loadSigningKey', () => {
  it('makes a key once and keeps it where only its owner can read it', async () => {
    const key = await loadSigningKey({ jwtSecret: null, dataDir });
    expect(Buffer.from(key, 'base64url')).toHaveLength(32);
    expect(await loadSigningKey({ jwtSecret: null, dataDir })).toBe(key);
    expect(await modeOf(join(dataDir, 'secrets'))).toBe(0o700);
    expect(await modeOf(join(dataDir, 'secrets/jwt'))).toBe(0o600);
    expect(await readdir(join(dataDir, 'secrets'))).toEqual(['jwt']);
  });

  it('gives everyone the same key who asks at the same time', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => loadSigningKey({ jwtSecret: null, dataDir })));
    expect(new Set(keys).size).toBe(1);
    expect(await readdir(join(dataDir, 'secrets'))).toEqual(['jwt']);
  });

  it('takes the configured one and touches no file', async () => {
    expect(await loadSigningKey({ jwtSecret: 'configured', dataDir })).toBe('configured');
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('refuses a file that holds no key, and leaves it alone', async () => {
    await loadSigningKey({ jwtSecret: null, dataDir });
    const path = join(dataDir, 'secrets/jwt');
    await writeFile(path, 'short\n');
    await expect(loadSigningKey({ jwtSecret: null, dataDir })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(path),
    });
    expect(await readFile(path, 'utf8')).toBe('short\n');
  });

  it('says in one line where it cannot write', async () => {
    const file = join(dataDir, 'file');
    await writeFile(file, '');
    await chmod(file, 0o600);
    const failure = loadSigningKey({ jwtSecret: null, dataDir: file });
    await expect(failure).rejects.toMatchObject({ code: 'unavailable', message: expect.stringMatching(/^Cannot use [^\n]+$/) });
  });
});
