import { PerfwatchError, problemSchema, type Identity } from '@perfwatch/contract';
import type { ServiceContext } from '@perfwatch/service-kit';
import { TEST_ACTOR } from '@perfwatch/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { quiet } from '../../test/stack.ts';
import { createHttpServer } from './create-http-server.ts';
import { annotationExample, compareExample, retentionExample, retentionRunExample } from './history-examples.ts';
import type { HttpServer } from './server.ts';

const ID = annotationExample.id;
/** Injected requests come from here. */
const BY = { ...TEST_ACTOR, address: '127.0.0.1' };
const identityOf = (role: Identity['role']): Identity => ({
  userId: TEST_ACTOR.userId,
  username: TEST_ACTOR.username,
  role,
  tokenId: 't',
  expiresAtMs: Date.now() + 3_600_000,
  scope: null,
});

const answers: Record<string, unknown> = {
  'history.annotations': { annotations: [annotationExample] },
  'history.compare': compareExample,
  'persistence.annotate': annotationExample,
  'persistence.removeAnnotation': null,
  'retention.get': retentionExample,
  'retention.update': retentionExample,
  'retention.run': retentionRunExample,
};

interface Called {
  action: string;
  params: unknown;
  timeoutMs: number;
}

let server: HttpServer;
let called: Called[] = [];

const call = ((action: string, params: { token?: string; id?: string }, { timeoutMs = 5000 } = {}) => {
  if (action === 'auth.verify') return Promise.resolve(identityOf(params.token === 'admin' ? 'admin' : 'viewer'));
  called.push({ action, params, timeoutMs });
  if (params.id !== undefined && params.id !== ID)
    return Promise.reject(new PerfwatchError('not_found', `There is no annotation ${params.id}`));
  return Promise.resolve(answers[action]);
}) as ServiceContext['call'];

beforeAll(async () => {
  const busState = () => ({ connected: true, reason: null });
  server = await createHttpServer({
    call,
    clusterHealth: () => Promise.resolve({}),
    cluster: () => Promise.resolve({ replicas: [], processes: [], processCount: 0 }),
    streamState: () => Promise.resolve(null),
    subscribeSamples: () => ({ stop: () => Promise.resolve() }),
    liveState: () => ({ connections: 0, subscriptions: 0 }),
    busState,
    log: quiet,
    dashboardDir: '/nonexistent',
    basePath: '/',
    metricsOpen: false,
  });
});
afterAll(() => server.close());
beforeEach(() => {
  called = [];
});

interface Asked {
  token?: 'admin' | 'viewer';
  body?: object;
}
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
const ask = (method: Method, url: string, { token = 'admin', body }: Asked = {}) =>
  server.inject({ method, url, headers: { authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { payload: body }) });

describe('what anyone with a token may see', () => {
  it.each<[string, string, unknown]>([
    ['/api/annotations', 'history.annotations', answers['history.annotations']],
    ['/api/history/compare?metric_type=cpu&period=hour', 'history.compare', compareExample],
    ['/api/retention', 'retention.get', retentionExample],
  ])('%s', async (url, action, answer) => {
    const reply = await ask('GET', url, { token: 'viewer' });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toEqual(answer);
    expect(called.map((one) => one.action)).toEqual([action]);
  });
});

describe('what only an administrator may do', () => {
  it.each<[Method, string, object | undefined, number, Called]>([
    [
      'POST',
      '/api/annotations',
      { title: 'Deploy' },
      201,
      { action: 'persistence.annotate', params: { title: 'Deploy' }, timeoutMs: 5000 },
    ],
    [
      'DELETE',
      `/api/annotations/${ID}`,
      undefined,
      204,
      { action: 'persistence.removeAnnotation', params: { id: ID, by: BY }, timeoutMs: 5000 },
    ],
    [
      'PUT',
      '/api/retention',
      { retention_days: 90 },
      200,
      { action: 'retention.update', params: { retention_days: 90, by: BY }, timeoutMs: 20_000 },
    ],
    ['POST', '/api/retention/cleanup', undefined, 200, { action: 'retention.run', params: { by: BY }, timeoutMs: 60_000 }],
  ])('%s %s', async (method, url, body, status, expected) => {
    const refused = await ask(method, url, { token: 'viewer', ...(body === undefined ? {} : { body }) });
    expect(problemSchema.parse(refused.json()).status).toBe(403);
    expect(called).toEqual([]);
    const reply = await ask(method, url, body === undefined ? {} : { body });
    expect(reply.statusCode).toBe(status);
    expect(called).toEqual([expected]);
  });

  it.each<[Method, string, object | undefined, number, string]>([
    ['DELETE', '/api/annotations/3f0c2c1e-58d5-4a68-9b19-1f0f1a6f2a11', undefined, 404, ''],
    ['DELETE', '/api/annotations/7', undefined, 400, 'id'],
    ['POST', '/api/annotations', { title: '' }, 400, 'title'],
    ['POST', '/api/annotations', { title: 'x', ts: 'now' }, 400, 'ts'],
    ['PUT', '/api/retention', { retention_days: 0 }, 400, 'retention_days'],
    ['PUT', '/api/retention', { downsample_interval: '5m' }, 400, 'downsample_interval'],
    ['PUT', '/api/retention', {}, 400, ''],
  ])('%s %s with %j is %i', async (method, url, body, status, path) => {
    const reply = await ask(method, url, body === undefined ? {} : { body });
    const problem = problemSchema.parse(reply.json());
    expect(problem.status).toBe(status);
    if (status === 400) expect(problem.errors?.map((issue) => issue.path)).toEqual([path]);
  });
});
