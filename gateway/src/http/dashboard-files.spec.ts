import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastify } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheControlFor, isNavigation, serveDashboard, withBase, withNonce } from './dashboard-files.ts';

describe('cacheControlFor', () => {
  it.each([
    ['/x/main-U5RNN65E.js', true],
    ['/x/styles-TAZMSP2Z.css', true],
    ['/x/chunk-ABCDEFG2.js.br', true],
    ['/x/media/roboto-AB12CD34.woff2', true],
    ['/x/chunk-B1c5Apy1.js', true],
    ['/x/chunk-a_b-C1d2.js.gz', true],
    ['/x/main.js', false],
    ['/x/roboto-latin400.woff2', false],
    ['/x/favicon.ico', false],
    ['/x/index.html', false],
    ['/x/some-lowercas.js', false],
  ])('%s for good: %s', (path, isForGood) => {
    expect(cacheControlFor(path)).toBe(isForGood ? 'public, max-age=31536000, immutable' : 'no-cache');
  });
});

describe('isNavigation', () => {
  const html = 'text/html,application/xhtml+xml,*/*;q=0.8';
  it.each([
    ['GET', '/', undefined, true],
    ['GET', '/history', html, true],
    ['HEAD', '/history/web-1', html, true],
    ['GET', '/history', '*/*', false],
    ['GET', '/history', undefined, false],
    ['POST', '/history', html, false],
    ['GET', '/missing.js', html, false],
    ['GET', '/api/nothing', html, false],
    ['GET', '/api', html, false],
    ['GET', '/metrics', html, false],
    ['GET', '/socket.io/', html, false],
    ['GET', '/apiary', html, true],
  ])('%s %s with %s: %s', (method, path, accept, expected) => {
    expect(isNavigation({ method, path, accept })).toBe(expected);
  });
});

describe('withNonce', () => {
  it('puts the nonce where Angular looks for it, and on what the page has inline', () => {
    const page =
      '<head><style>a{}</style></head><body class="x">\n<pw-root></pw-root><script src="a.js"></script><scripty></scripty></body>';
    expect(withNonce(page, 'N')).toBe(
      '<head><style nonce="N">a{}</style></head><body class="x">\n<pw-root ngCspNonce="N"></pw-root><script nonce="N" src="a.js"></script><scripty></scripty></body>',
    );
  });
});

describe('withBase', () => {
  it('puts every address of the page below the path', () => {
    expect(withBase('<head><base href="/" /></head>', '/perfwatch/')).toBe('<head><base href="/perfwatch/" /></head>');
  });
});

describe('serveDashboard', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'perfwatch-dashboard-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  async function get(url: string, headers: Record<string, string> = {}) {
    const server = fastify();
    await serveDashboard(server, { dashboardDir: dir, basePath: '/' });
    const reply = await server.inject({ url, headers });
    await server.close();
    return reply;
  }

  it('says how to build what has not been built', async () => {
    const reply = await get('/', { accept: 'text/html' });
    expect(reply.statusCode).toBe(503);
    expect(reply.body).toContain('npm run build');
  });

  it('serves the page with a new nonce each time, under a policy that names it', async () => {
    writeFileSync(join(dir, 'index.html'), '<body><pw-root></pw-root></body>');
    const replies = [await get('/'), await get('/index.html'), await get('/history?x=1', { accept: 'text/html' })];
    const nonces = replies.map(({ body }) => /ngCspNonce="([^"]+)"/.exec(body)?.[1] ?? '');
    expect(new Set(nonces).size).toBe(3);
    replies.forEach((reply, index) => {
      expect(reply.headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonces[index] ?? ''}'`);
      expect(reply.headers['cache-control']).toBe('no-cache');
    });
  });

  it('serves files compressed before, with an ETag, and nothing outside', async () => {
    writeFileSync(join(dir, 'main-ABCDEFG2.js'), 'plain');
    writeFileSync(join(dir, 'main-ABCDEFG2.js.br'), 'brotli');
    writeFileSync(join(dir, '.secret'), 'secret');
    const compressed = await get('/main-ABCDEFG2.js', { 'accept-encoding': 'br' });
    expect(compressed.headers).toMatchObject({ 'content-encoding': 'br', 'cache-control': 'public, max-age=31536000, immutable' });
    expect(compressed.headers['content-type']).toContain('javascript');
    const plain = await get('/main-ABCDEFG2.js');
    expect(plain.body).toBe('plain');
    const again = await get('/main-ABCDEFG2.js', { 'if-none-match': String(plain.headers.etag) });
    expect(again.statusCode).toBe(304);
    for (const path of ['/.secret', '/missing.js', '/%2e%2e/secret', '/..%2fsecret']) {
      expect((await get(path, { accept: 'text/html' })).statusCode).toBeGreaterThanOrEqual(400);
    }
  });
});
