import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureFirstAdministrator, forgetInitialPassword } from './first-administrator.ts';
import { isPassword } from './password-hash.ts';
import { addUser, setPassword } from './user-accounts.ts';

const PASSWORD = 'tulip-harbour-eleven';
const log = createLogger({ level: 'fatal', name: 'test', pretty: false });

let postgres: TestServer;
let stores: [Store, Store];
let dataDir = '';
const ensure = (adminPassword: string | null = null, { store = stores[0], directory = dataDir } = {}) =>
  ensureFirstAdministrator({ store, config: { adminUser: 'admin', adminPassword, dataDir: directory } });
const logsInWith = async (password: string) => isPassword(password, (await stores[0].users.findByUsername('admin'))?.passwordHash ?? null);
const secretFiles = () => readdir(join(dataDir, 'secrets')).catch(() => []);

beforeAll(async () => {
  postgres = await startTestPostgres();
  stores = await Promise.all([openStore({ url: postgres.url, log }), openStore({ url: postgres.url, log })]);
});
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await postgres.dispose();
});
beforeEach(async () => {
  await stores[0].query('TRUNCATE app_user, audit_event CASCADE');
  dataDir = await mkdtemp(join(tmpdir(), 'perfwatch-admin-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

describe('the first administrator', () => {
  it('gets a generated password that a person can read, kept where only its owner can', async () => {
    const { created, username, generatedPassword, passwordFile } = await ensure();
    expect({ created, username }).toEqual({ created: true, username: 'admin' });
    expect(generatedPassword).toMatch(/^([a-hj-km-np-z2-9]{5}-){3}[a-hj-km-np-z2-9]{5}$/);
    expect(await logsInWith(generatedPassword ?? '')).toBe(true);
    expect(passwordFile).toBe(join(dataDir, 'secrets/admin-password-initial'));
    expect(await readFile(passwordFile ?? '', 'utf8')).toBe(`${generatedPassword}\n`);
    expect((await stat(passwordFile ?? '')).mode & 0o777).toBe(0o600);
    expect(await stores[0].users.list()).toMatchObject([{ username: 'admin', role: 'admin' }]);
  });

  it('has its password given again until somebody was shown it, and never after', async () => {
    const { generatedPassword } = await ensure();
    expect(await ensure()).toMatchObject({ created: false, generatedPassword });
    await forgetInitialPassword({ dataDir });
    await forgetInitialPassword({ dataDir });
    expect(await ensure()).toEqual({ created: false, username: 'admin', generatedPassword: null, passwordFile: null });
    expect(await secretFiles()).toEqual([]);
  });

  it('has a password that is changed forgotten without being shown', async () => {
    await ensure();
    await setPassword(stores[0], { username: 'admin', password: PASSWORD });
    expect(await ensure()).toMatchObject({ created: false, generatedPassword: null });
    expect(await secretFiles()).toEqual([]);
  });

  it('takes the configured password, which is written nowhere', async () => {
    expect(await ensure(PASSWORD)).toEqual({ created: true, username: 'admin', generatedPassword: null, passwordFile: null });
    expect(await logsInWith(PASSWORD)).toBe(true);
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('is not made, nor changed, while there is any user', async () => {
    await addUser(stores[0], { username: 'grace', password: PASSWORD, role: 'viewer', by: null });
    expect(await ensure('another-password')).toMatchObject({ created: false, generatedPassword: null });
    expect(await stores[0].users.count()).toBe(1);
  });

  it.each(['short', 'password123', 'admin12345', 'x9'.repeat(40)])('is not made with the configured password %j', async (password) => {
    const message = expect.stringMatching(/^PERFWATCH_ADMIN_PASSWORD must [^\n]+$/);
    await expect(ensure(password)).rejects.toMatchObject({ code: 'bad_input', message });
    expect(await stores[0].users.count()).toBe(0);
  });

  it('is made once by processes that start together, and every one of them knows the password', async () => {
    const outcomes = await Promise.all([ensure(), ensure(null, { store: stores[1] }), ensure(), ensure(null, { store: stores[1] })]);
    expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(outcomes.map(({ generatedPassword }) => generatedPassword)).size).toBe(1);
    expect(await logsInWith(outcomes[0].generatedPassword ?? '')).toBe(true);
    expect(await stores[0].users.count()).toBe(1);
    const created = { action: 'user_created', actor: null, address: null, target: 'admin', details: { role: 'admin' } };
    expect(await stores[0].auditEvents.list({ limit: 10 })).toMatchObject([created]);
  });

  it('leaves a replica with a data directory of its own no password that does not work', async () => {
    const directory = join(dataDir, 'other');
    const outcomes = await Promise.all([ensure(), ensure(null, { store: stores[1], directory })]);
    const known = outcomes.map(({ generatedPassword }) => generatedPassword).filter((password) => password !== null);
    expect(known).toHaveLength(1);
    expect(await logsInWith(known[0] ?? '')).toBe(true);
  });

  it('says in one line where it cannot keep the password, and makes no user', async () => {
    const file = join(dataDir, 'file');
    await writeFile(file, '');
    const message = expect.stringMatching(/^Cannot use [^\n]+$/);
    await expect(ensure(null, { directory: file })).rejects.toMatchObject({ code: 'unavailable', message });
    expect(await stores[0].users.count()).toBe(0);
  });
});
