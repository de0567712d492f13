import { createLogger } from '@perfwatch/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpServer } from './create-http-server.ts';
import type { HttpServer } from './server.ts';

let server: HttpServer;
beforeAll(async () => {
  server = await createHttpServer({
    call: () => Promise.reject(new Error('the description needs no service')),
    clusterHealth: () => Promise.resolve({}),
    busState: () => ({ connected: true, reason: null }),
    log: createLogger({ level: 'fatal', name: 'test', pretty: false }),
    dashboardDir: '/nonexistent',
  });
});
afterAll(() => server.close());

const get = (url: string) => server.inject({ url });

describe('the description of the API', () => {
  interface Operation {
    security?: unknown;
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
      'GET /api/auth/me',
      'GET /api/catalog',
      'GET /api/config',
      'GET /api/history/metrics',
      'GET /api/history/metrics/types',
      'GET /api/hosts',
      'GET /api/hosts/{host}',
      'GET /health',
      'GET /health/ready',
      'POST /api/auth/login',
      'POST /api/auth/logout',
      'PUT /api/auth/password',
      'PUT /api/config',
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

  it('can be browsed under its own policy', async () => {
    const page = await get('/docs');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toMatch(/script-src 'self'/);
    expect(page.body).toContain('swagger-ui');
    expect((await get('/docs/static/swagger-ui-bundle.js')).statusCode).toBe(200);
  });
});
