import { fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetRefreshToken, keepRefreshToken, refreshTokenIn, requireOwnPage } from './refresh-cookie.ts';

const server = fastify({ trustProxy: true });
const BASE = '/ops/';

beforeAll(async () => {
  server.get('/keep', (_request, reply) => {
    keepRefreshToken(reply, { token: 'family.secret', lifetimeSeconds: 600 }, BASE);
    return null;
  });
  server.get('/forget', (_request, reply) => {
    forgetRefreshToken(reply, BASE);
    return null;
  });
  server.get('/read', (request) => ({ token: refreshTokenIn(request) }));
  server.get('/page', (request) => {
    requireOwnPage(request);
    return null;
  });
  await server.ready();
});
afterAll(() => server.close());

const get = (url: string, headers: Record<string, string> = {}) => server.inject({ url, headers: { host: 'ops.example', ...headers } });

describe('the cookie', () => {
  it('goes to the log-in alone, to no script and from no other site', async () => {
    const { headers } = await get('/keep');
    expect(headers['set-cookie']).toBe('perfwatch_refresh=family.secret; Path=/ops/api/auth; Max-Age=600; HttpOnly; SameSite=Strict');
  });

  it('comes and goes over TLS alone where it was set over TLS, under a name that nothing else can set', async () => {
    const { headers } = await get('/keep', { 'x-forwarded-proto': 'https' });
    expect(headers['set-cookie']).toMatch(/^__Secure-perfwatch_refresh=family\.secret; .*; SameSite=Strict; Secure$/);
    const plain = { cookie: 'perfwatch_refresh=planted' };
    expect((await get('/read', { 'x-forwarded-proto': 'https', ...plain })).json()).toEqual({ token: null });
    expect((await get('/read', plain)).json()).toEqual({ token: 'planted' });
  });

  it('is another for each port', async () => {
    const [one, other] = [{ host: '10.0.0.1:8080' }, { host: '10.0.0.1:8081' }];
    expect((await get('/keep', one)).headers['set-cookie']).toMatch(/^perfwatch_refresh_8080=/);
    const cookie = 'theme=x; perfwatch_refresh_8080=a; perfwatch_refresh_8081=b;perfwatch_refresh=c';
    expect((await get('/read', { ...one, cookie })).json()).toEqual({ token: 'a' });
    expect((await get('/read', { ...other, cookie })).json()).toEqual({ token: 'b' });
    expect((await get('/read', { host: '[::1]', cookie })).json()).toEqual({ token: 'c' });
  });

  it('is taken away where there is one', async () => {
    expect((await get('/forget')).headers['set-cookie']).toBeUndefined();
    const { headers } = await get('/forget', { cookie: 'perfwatch_refresh=a' });
    expect(headers['set-cookie']).toMatch(/^perfwatch_refresh=; Path=\/ops\/api\/auth; Max-Age=0; /);
  });
});

describe('a request where the cookie counts', () => {
  const own = { 'x-perfwatch': '1' };

  it.each<[string, Record<string, string>]>([
    ['says so, in a browser that says where from', { ...own, 'sec-fetch-site': 'same-origin' }],
    ['says so, behind a proxy that names another host', { ...own, 'sec-fetch-site': 'same-origin', origin: 'https://else.example' }],
    ['says so, in a browser that names the origin alone', { ...own, origin: 'http://ops.example' }],
    ['says so, outside of a browser', own],
  ])('%s', async (_, headers) => {
    expect((await get('/page', headers)).statusCode).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ['of a form, which cannot say so', { origin: 'http://ops.example' }],
    ['of a page of another site', { ...own, 'sec-fetch-site': 'cross-site' }],
    ['of a page of another port', { ...own, 'sec-fetch-site': 'same-site', origin: 'http://ops.example:81' }],
    ['of an address bar', { ...own, 'sec-fetch-site': 'none' }],
    ['of another origin, in an old browser', { ...own, origin: 'http://evil.example' }],
    ['of a page without an origin', { ...own, origin: 'null' }],
  ])('is not one %s', async (_, headers) => {
    expect((await get('/page', headers)).statusCode).toBe(500);
  });
});
