import { authService } from '@perfwatch/auth';
import { auditReplySchema, problemSchema, type AuditEvent } from '@perfwatch/contract';
import { settingsService } from '@perfwatch/settings';
import { startTestNats, startTestPostgres, type TestNats, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD, startStack, until, type Stack } from '../../test/stack.ts';

const PASSWORD = 'giraffe-lantern-quartz-3';

let nats: TestNats;
let postgres: TestServer;
let stack: Stack;
let admin = '';

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
  stack = await startStack({ natsUrl: nats.url, databaseUrl: postgres.url, services: [authService, settingsService] });
  admin = await stack.login('admin', ADMIN_PASSWORD);
});
afterAll(async () => {
  await stack.stop();
  await Promise.all([nats.dispose(), postgres.dispose()]);
});

interface Asked {
  method?: string;
  token?: string;
  body?: object;
}

function ask(path: string, { method = 'GET', token = admin, body }: Asked = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  return fetch(stack.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}
const page = async (query = '') => auditReplySchema.parse(await (await ask(`/api/audit${query}`)).json());

describe('the audit trail', () => {
  it('has who, what and from where, of changes by a log-in and by an API token', async () => {
    await ask('/api/users', { method: 'POST', body: { username: 'vera', password: PASSWORD } });
    const made = await ask('/api/tokens', { method: 'POST', body: { name: 'script', scope: 'admin', expires_in_days: 1 } });
    const { token, id } = (await made.json()) as { token: string; id: string };
    await ask('/api/config', { method: 'PUT', token, body: { host: 'web-1', interval_ms: 500 } });
    await ask('/api/auth/login', { method: 'POST', body: { username: 'vera', password: 'wrong-password' } });
    const of = async (action: AuditEvent['action']) => (await page(`?action=${action}`)).events[0];
    await until(async () => (await of('login_failed')) !== undefined, 'the failed log-in is written');
    const address = expect.stringMatching(/127\.0\.0\.1$/);
    const by = (api_token_id: string | null) => ({ username: 'admin', user_id: expect.any(String), api_token_id });
    expect(await of('user_created')).toMatchObject({ actor: by(null), address, target: 'vera', details: { role: 'viewer' } });
    expect(await of('token_created')).toMatchObject({ actor: by(null), address, target: 'script of admin' });
    expect(await of('settings_changed')).toMatchObject({ actor: by(id), address, target: 'web-1', details: { interval_ms: 500 } });
    expect(await of('login_failed')).toMatchObject({ actor: null, address, target: 'vera', details: { reason: 'wrong_password' } });
    expect(await of('login')).toMatchObject({ actor: by(null), address });
    const text = JSON.stringify(await page());
    for (const secret of [PASSWORD, ADMIN_PASSWORD, token, 'wrong-password']) expect(text).not.toContain(secret);
  });

  it('cannot be told another actor by whoever asks', async () => {
    const by = { userId: '3f0c2c1e-58d5-4a68-9b19-1f0f1a6f2a11', username: 'somebody', apiTokenId: null, address: '192.0.2.1' };
    const reply = await ask('/api/users', { method: 'POST', body: { username: 'walter', password: PASSWORD, by } });
    expect(reply.status).toBe(400);
    expect((await page('?actor=somebody')).events).toEqual([]);
  });

  it('is for administrators alone, page by page', async () => {
    const vera = await stack.login('vera', PASSWORD);
    expect((await ask('/api/audit', { token: vera })).status).toBe(403);
    const { events } = await page();
    expect(events.length).toBeGreaterThan(3);
    const first = await page('?limit=2');
    const rest = await page(`?before=${first.next}`);
    expect([...first.events, ...rest.events].map(({ id }) => id)).toEqual((await page()).events.map(({ id }) => id));
    expect(rest.next).toBeNull();
    expect((await page('?actor=ADMIN')).events.every(({ actor }) => actor?.username === 'admin')).toBe(true);
  });

  it.each(['limit=0', 'limit=501', 'limit=x', 'before=0', 'action=everything', 'actor=', 'unknown=1'])('refuses %s', async (query) => {
    const reply = await ask(`/api/audit?${query}`);
    expect(reply.status).toBe(400);
    expect(problemSchema.parse(await reply.json()).errors).toHaveLength(1);
  });
});
