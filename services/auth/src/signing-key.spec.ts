import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSigningKeys, rotateSigningKey, type SigningKeys } from './signing-key.ts';

const DAY_MS = 24 * 3_600_000;
let dataDir = '';
let nowMs = Date.now();
const opened: SigningKeys[] = [];
let warnings: unknown[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'perfwatch-key-'));
  nowMs = Date.now();
  warnings = [];
});
afterEach(async () => {
  for (const keys of opened.splice(0)) keys.close();
  await rm(dataDir, { recursive: true, force: true });
});

const log = { info: () => undefined, warn: (fields: unknown) => void warnings.push(fields) };
async function open(secrets: { jwtSecret?: string; jwtSecretPrevious?: string; dataDir?: string } = {}): Promise<SigningKeys> {
  const config = { jwtSecret: null, jwtSecretPrevious: null, dataDir, ...secrets };
  const keys = await openSigningKeys({ config, log, nowMs: () => nowMs });
  opened.push(keys);
  return keys;
}
const rotate = (dropsOld = false) =>
  rotateSigningKey({ config: { jwtSecret: null, jwtSecretPrevious: null, dataDir }, dropsOld, nowMs: () => nowMs });
const path = () => join(dataDir, 'secrets/jwt');
const modeOf = async (file: string) => (await stat(file)).mode & 0o777;

describe('signing keys', () => {
  it('are made once and kept where only their owner can read them', async () => {
    const { secret, kid } = (await open()).current();
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(secret).not.toContain(kid);
    expect((await open()).current()).toMatchObject({ secret, kid });
    expect(await modeOf(join(dataDir, 'secrets'))).toBe(0o700);
    expect(await modeOf(path())).toBe(0o600);
    expect(await readdir(join(dataDir, 'secrets'))).toEqual(['jwt']);
  });

  it('are the same for everyone who asks at the same time', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => open()));
    expect(new Set(keys.map((one) => one.current().secret)).size).toBe(1);
    expect(await readdir(join(dataDir, 'secrets'))).toEqual(['jwt']);
  });

  it('are the configured one and the one before, which signs nothing, and no file is touched', async () => {
    const [before, now] = [
      await open({ jwtSecret: 'secret-before' }),
      await open({ jwtSecret: 'secret-now', jwtSecretPrevious: 'secret-before' }),
    ];
    expect(now.current().secret).toBe('secret-now');
    expect(await now.find(before.current().kid)).toBe('secret-before');
    expect(await before.find(now.current().kid)).toBeNull();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('are not what a file holds that has no key, and it is left alone', async () => {
    await open();
    for (const text of ['short\n', `${'x'.repeat(40)} until tomorrow\n`, `${'x'.repeat(40)}\n\n${'y'.repeat(40)}\n`]) {
      await writeFile(path(), text);
      await expect(open()).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining(path()) });
      expect(await readFile(path(), 'utf8')).toBe(text);
    }
  });

  it('say in one line where they cannot be written', async () => {
    const file = join(dataDir, 'file');
    await writeFile(file, '');
    await chmod(file, 0o600);
    await expect(open({ dataDir: file })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/^Cannot use [^\n]+$/),
    });
  });
});

describe('a rotation', () => {
  it('makes a key that new tokens are signed with, and keeps the one before for as long as its tokens may live', async () => {
    const before = (await open()).current();
    const until = await rotate();
    const keys = await open();
    expect(keys.current().kid).not.toBe(before.kid);
    expect(await keys.find(before.kid)).toBe(before.secret);
    nowMs += DAY_MS;
    expect(await keys.find(before.kid)).toBe(before.secret);
    nowMs = until?.getTime() ?? 0;
    expect(await keys.find(before.kid)).toBeNull();
    expect(await keys.find(keys.current().kid)).toBe(keys.current().secret);
    expect(await modeOf(path())).toBe(0o600);
    expect(await readdir(join(dataDir, 'secrets'))).toEqual(['jwt']);
  });

  it('keeps every key that may still be in use, and clears away the others', async () => {
    const first = (await open()).current();
    await rotate();
    const second = (await open()).current();
    nowMs += DAY_MS / 2;
    await rotate();
    const keys = await open();
    expect([await keys.find(first.kid), await keys.find(second.kid)]).toEqual([first.secret, second.secret]);
    nowMs += DAY_MS;
    await rotate();
    const kept = await readFile(path(), 'utf8');
    expect([kept.includes(first.secret), kept.trim().split('\n').length]).toEqual([false, 3]);
  });

  it('can refuse the keys before at once', async () => {
    const before = (await open()).current();
    expect(await rotate(true)).toBeNull();
    expect(await (await open()).find(before.kid)).toBeNull();
  });

  it('is learnt by whoever runs from the first token that names the new key, and within a minute otherwise', async () => {
    const clock = vi.spyOn(performance, 'now');
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const [asked, idle] = [await open(), await open()];
      const before = idle.current().kid;
      await rotate();
      const { kid, secret } = (await open()).current();
      clock.mockReturnValue(performance.now() + 1001);
      expect(await asked.find(kid)).toBe(secret);
      expect(asked.current().kid).toBe(kid);
      expect(idle.current().kid).toBe(before);
      vi.advanceTimersByTime(60_000);
      await vi.waitFor(() => expect(idle.current().kid).toBe(kid));
    } finally {
      vi.useRealTimers();
      clock.mockRestore();
    }
  });

  it('that leaves a file nobody can read is told, and the keys known go on', async () => {
    const keys = await open();
    const { kid, secret } = keys.current();
    await writeFile(path(), 'short\n');
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 1001);
    expect(await keys.find('unknown')).toBeNull();
    clock.mockRestore();
    expect(warnings).toHaveLength(1);
    expect(await keys.find(kid)).toBe(secret);
  });

  it('is not ours where the key is configured', async () => {
    const config = { jwtSecret: 'configured', jwtSecretPrevious: null, dataDir };
    await expect(rotateSigningKey({ config, dropsOld: false })).rejects.toMatchObject({
      code: 'bad_input',
      hint: expect.stringContaining('PERFWATCH_JWT_SECRET_PREVIOUS'),
    });
    expect(await readdir(dataDir)).toEqual([]);
  });
});
