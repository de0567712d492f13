import { authService } from '@perfwatch/auth';
import { systemReplySchema } from '@perfwatch/contract';
import { historyService } from '@perfwatch/history';
import { persistenceService } from '@perfwatch/persistence';
import { settingsService } from '@perfwatch/settings';
import { startTestNats, startTestPostgres, type TestNats, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADMIN_PASSWORD, startStack, type Stack } from '../../test/stack.ts';

let nats: TestNats;
let postgres: TestServer;
let stack: Stack;

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
  const services = [authService, settingsService, historyService, persistenceService];
  stack = await startStack({ natsUrl: nats.url, databaseUrl: postgres.url, services });
});
afterAll(async () => {
  await stack.stop();
  await Promise.all([nats.dispose(), postgres.dispose()]);
});

it('the system says what it is made of, and nothing of where its secrets are', async () => {
  const token = await stack.login('admin', ADMIN_PASSWORD);
  const ask = async () => {
    const reply = await fetch(`${stack.url}/api/system`, { headers: { authorization: `Bearer ${token}` } });
    expect(reply.status).toBe(200);
    return reply.text();
  };
  await expect.poll(async () => systemReplySchema.parse(JSON.parse(await ask())).stream, { timeout: 20_000, interval: 500 }).not.toBeNull();
  const text = await ask();
  const system = systemReplySchema.parse(JSON.parse(text));
  expect(system.services.map(({ name }) => name)).toEqual(['auth', 'gateway', 'history', 'persistence', 'settings']);
  expect(system.services.every(({ up, replicas }) => up && replicas.length === 1)).toBe(true);
  const nodes = new Set(system.services.flatMap(({ replicas }) => replicas.map(({ node }) => node)));
  expect(new Set(system.processes.map(({ node }) => node))).toEqual(nodes);
  expect(system.process_count).toBe(system.processes.length);
  expect(system.processes.some(({ database }) => database?.up === true)).toBe(true);
  expect(text).not.toContain(new URL(postgres.url).password || 'postgres://');
  expect(text).not.toContain('secrets/');
});
