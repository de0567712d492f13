import { createLogger } from '@perfwatch/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpServer } from './create-http-server.ts';
import type { HttpServer } from './server.ts';

let server: HttpServer;
beforeAll(async () => {
  server = await createHttpServer({
    call: () => Promise.reject(new Error('the description needs no service')),
    clusterHealth: () => Promise.resolve({}),
    cluster: () => Promise.resolve({ replicas: [], processes: [], processCount: 0 }),
    streamState: () => Promise.resolve(null),
    subscribeSamples: () => ({ stop: () => Promise.resolve() }),
    liveState: () => ({ connections: 0, subscriptions: 0 }),
    busState: () => ({ connected: true, reason: null }),
    log: createLogger({ level: 'fatal', name: 'test', pretty: false }),
    dashboardDir: '/nonexistent',
    basePath: '/',
    metricsOpen: false,
  });
});
afterAll(() => server.close());

const get = (url: string) => server.inject({ url });

describe('the description of the API', () => {
  interface Operation {
    security?: unknown;
    requestBody?: unknown;
    responses: Record<string, unknown>;
  }
  const document = async () =>
    (await get('/api/openapi.json')).json<{
      openapi: string;
      paths: Record<string, Record<string, Operation>>;
      components: { securitySchemes: unknown; schemas: Record<string, unknown> };
    }>();

  it('names the routes that exist, and no others', async () => {
    const { openapi, paths } = await document();
    expect(openapi).toBe('3.1.0');
    const routes = Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`));
    expect(routes.sort()).toEqual([
      'DELETE /api/annotations/{id}',
      'DELETE /api/auth/sessions/{id}',
      'DELETE /api/tokens/{id}',
      'DELETE /api/users/{id}',
      'GET /api/annotations',
      'GET /api/audit',
      'GET /api/auth/me',
      'GET /api/auth/preferences',
      'GET /api/auth/sessions',
      'GET /api/catalog',
      'GET /api/config',
      'GET /api/history/compare',
      'GET /api/history/export',
      'GET /api/history/metrics',
      'GET /api/history/metrics/types',
      'GET /api/hosts',
      'GET /api/hosts/{host}',
      'GET /api/retention',
      'GET /api/system',
      'GET /api/tokens',
      'GET /api/users',
      'GET /health',
      'GET /health/ready',
      'GET /metrics',
      'PATCH /api/users/{id}',
      'POST /api/annotations',
      'POST /api/auth/login',
      'POST /api/auth/logout',
      'POST /api/auth/refresh',
      'POST /api/retention/cleanup',
      'POST /api/tokens',
      'POST /api/users',
      'PUT /api/auth/password',
      'PUT /api/auth/preferences',
      'PUT /api/config',
      'PUT /api/retention',
    ]);
  });

  it('has a security scheme, examples and schemas without loose ends', async () => {
    const { paths, components } = await document();
    expect(components.securitySchemes).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } });
    expect(paths['/api/hosts']?.['get']?.security).toEqual([{ bearer: [] }]);
    expect(paths['/api/auth/login']?.['post']?.security).toBeUndefined();
    expect(JSON.stringify(paths['/api/auth/login'])).toContain('correct horse battery staple');
    const references = JSON.stringify({ paths, components }).matchAll(/"#\/components\/schemas\/([^"]+)"/g);
    expect(new Set([...references].map(([, name]) => name))).toEqual(new Set(Object.keys(components.schemas)));
  });

  it('has an example of every body', async () => {
    const { paths } = await document();
    const bodies = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, { requestBody, responses }]) =>
        [requestBody, responses['200'], responses['201']].map((body) => ({ path: `${method} ${path}`, text: JSON.stringify(body ?? '') })),
      ),
    );
    const json = bodies.filter(({ text }) => text.includes('"application/json"'));
    expect(json.filter(({ text }) => !text.includes('"example"')).map(({ path }) => path)).toEqual(['get /health']);
  });

  it('can be browsed under its own policy', async () => {
    const page = await get('/docs');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toMatch(/script-src 'self'/);
    expect(page.body).toContain('swagger-ui');
    expect((await get('/docs/static/swagger-ui-bundle.js')).statusCode).toBe(200);
  });
});
