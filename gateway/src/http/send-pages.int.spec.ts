import { get as httpGet, type IncomingMessage } from 'node:http';
import { createHttpServer } from './create-http-server.ts';
import { PerfwatchError, problemSchema, type HistoryPage, type Identity } from '@perfwatch/contract';
import type { ServiceContext } from '@perfwatch/service-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quiet, until } from '../../test/stack.ts';
import type { HttpServer } from './server.ts';

const identity: Identity = { userId: 'u', username: 'x', role: 'viewer', tokenId: 't', expiresAtMs: Date.now() + 3_600_000, scope: null };
const PAGE_BYTES = 512 * 1024;
const query = '/api/history/metrics?metric_type=cpu';
const file = '/api/history/export?host=web-1&metric_type=cpu';

describe('a reply in pages', () => {
  let server: HttpServer;
  let url = '';
  let asked: { action: string; params: Record<string, unknown> }[] = [];
  let page: (cursor: number) => HistoryPage = () => ({ text: '', next: null });

  const call = ((action: string, params: Record<string, unknown>) => {
    if (action === 'auth.verify') return Promise.resolve(identity);
    asked.push({ action, params });
    try {
      return Promise.resolve(page(Number(params['cursor'] ?? 0)));
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }) as ServiceContext['call'];

  beforeEach(async () => {
    asked = [];
    server = await createHttpServer({
      call,
      clusterHealth: () => Promise.resolve({}),
      cluster: () => Promise.resolve({ replicas: [], processes: [], processCount: 0 }),
      streamState: () => Promise.resolve(null),
      subscribeSamples: () => ({ stop: () => Promise.resolve() }),
      liveState: () => ({ connections: 0, subscriptions: 0 }),
      busState: () => ({ connected: true, reason: null }),
      log: quiet,
      dashboardDir: '/nonexistent',
      basePath: '/',
      metricsOpen: false,
    });
    url = await server.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(() => server.close());

  const headers = { authorization: 'Bearer x' };
  const ask = (path: string, more: Record<string, string> = {}) => fetch(url + path, { headers: { ...headers, ...more } });
  /** A client that reads only when it is told to. */
  const askSlowly = (path: string) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      httpGet(url + path, { headers: { ...headers, 'accept-encoding': 'identity' } }, (reply) => resolve(reply.pause())).on(
        'error',
        reject,
      );
    });
  /** `count` pages of the same length, as different as random text. */
  const pagesOf = (count: number) => (cursor: number) => ({
    text: `${cursor}`.padStart(PAGE_BYTES, 'abcdefghij'),
    next: cursor + 1 < count ? String(cursor + 1) : null,
  });

  it('of one is sent as it is', async () => {
    page = () => ({ text: '{"count":1}', next: null });
    const reply = await ask(`${query}&host=a,b&host=c&agg=avg&agg=max`);
    expect(reply.headers.get('content-type')).toMatch(/^application\/json/);
    await expect(reply.json()).resolves.toEqual({ count: 1 });
    expect(asked).toEqual([
      { action: 'history.query', params: expect.objectContaining({ host: ['a,b', 'c'], agg: ['avg', 'max'], cursor: undefined }) },
    ]);
  });

  it.each(['identity', 'gzip', 'br'])('of several is one text, and every page is asked for once (%s)', async (encoding) => {
    const texts = ['{"data":[', '1,', '', '2]}'];
    page = (cursor) => ({ text: texts[cursor] ?? '', next: cursor + 1 < texts.length ? String(cursor + 1) : null });
    const reply = await ask(query, { 'accept-encoding': encoding });
    await expect(reply.json()).resolves.toEqual({ data: [1, 2] });
    expect(reply.headers.get('content-encoding') ?? 'identity').toBe(encoding);
    expect(asked.map(({ params }) => params['cursor'])).toEqual([undefined, '1', '2', '3']);
  });

  it.each([
    ['csv', /^text\/csv; charset=utf-8$/],
    ['ndjson', /^application\/x-ndjson/],
  ])('is a file to keep as %s, compressed on its way', async (format, type) => {
    page = pagesOf(3);
    const reply = await ask(`${file}&format=${format}`, { 'accept-encoding': 'br' });
    expect((await reply.text()).length).toBe(3 * PAGE_BYTES);
    expect(reply.headers.get('content-type')).toMatch(type);
    expect(reply.headers.get('content-encoding')).toBe('br');
    expect(reply.headers.get('content-disposition')).toMatch(
      new RegExp(`^attachment; filename="perfwatch-web-1-cpu-\\d{8}T\\d{6}Z\\.${format}"$`),
    );
    expect(asked[0]).toMatchObject({ action: 'history.export', params: { format, interval: 'raw' } });
  });

  it('that cannot be made is a problem, and no file', async () => {
    page = () => {
      throw new PerfwatchError('not_found', 'There is no host "web-1"');
    };
    const reply = await ask(file);
    expect(reply.status).toBe(404);
    expect(reply.headers.get('content-disposition')).toBeNull();
    expect(problemSchema.parse(await reply.json()).detail).toMatch(/no host/);
  });

  const failingAt = (last: number) => (cursor: number) => {
    if (cursor === last) throw new PerfwatchError('unavailable', 'The database is away');
    return pagesOf(1000)(cursor);
  };

  it.each(['identity', 'br'])('that fails in the middle breaks off instead of ending as if it were whole (%s)', async (encoding) => {
    page = failingAt(20);
    const reply = await ask(file, { 'accept-encoding': encoding });
    expect(reply.status).toBe(200);
    await expect(reply.text()).rejects.toThrow();
  });

  it.each(['identity', 'br'])('that fails before anything was sent is a problem still (%s)', async (encoding) => {
    page = (cursor) => (cursor === 0 ? { text: '', next: '1' } : failingAt(1)(cursor));
    const reply = await ask(file, { 'accept-encoding': encoding });
    expect(reply.status).toBe(503);
    expect(reply.headers.get('content-disposition')).toBeNull();
    expect(problemSchema.parse(await reply.json()).detail).toBe('The database is away');
  });

  it('waits for a slow reader instead of gathering what it does not take', async () => {
    page = pagesOf(200);
    const reply = await askSlowly(file);
    await until(() => asked.length >= 3, 'the first pages are asked for');
    const before = asked.length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    // What the system's own buffers take is bounded too; a hundred megabytes would be gathered otherwise.
    expect(asked.length).toBeLessThan(40);
    expect(asked.length - before).toBeLessThan(30);
    let bytes = 0;
    reply.on('data', (chunk: Buffer) => (bytes += chunk.length)).resume();
    await until(() => reply.complete, 'the rest arrives');
    expect(bytes).toBe(200 * PAGE_BYTES);
    expect(asked).toHaveLength(200);
  });

  it('ends with the client that asked for it', async () => {
    page = pagesOf(10_000);
    const reply = await askSlowly(file);
    await until(() => asked.length >= 2, 'the first pages are asked for');
    reply.destroy();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = asked.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(asked.length).toBe(before);
    expect(before).toBeLessThan(100);
  });

  it.each([
    ['/api/history/metrics?metric_type=cpu&host=a%20b', 'host'],
    ['/api/history/metrics?metric_type=cpu&host=a&host=b%2F', 'host'],
    ['/api/history/export?metric_type=cpu&format=xml', 'format'],
    ['/api/history/export?metric_type=cpu&interval=1w', 'interval'],
    ['/api/history/compare?period=year', 'period'],
    ['/api/annotations?limit=0', 'limit'],
    ['/api/annotations?start_time=yesterday', 'start_time'],
  ])('%s names the field %s', async (path, field) => {
    const reply = await ask(path);
    expect(reply.status).toBe(400);
    expect(problemSchema.parse(await reply.json()).errors?.[0]?.path).toMatch(new RegExp(`^${field}`));
    expect(asked).toEqual([]);
  });
});
