import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authService } from '@perfwatch/auth';
import { subjects, type Sample } from '@perfwatch/contract';
import { historyService } from '@perfwatch/history';
import { persistenceService } from '@perfwatch/persistence';
import { settingsService } from '@perfwatch/settings';
import { startTestNats, startTestPostgres, type TestNats, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { allCollectors } from '../../../tools/collector-docs.ts';
import { sampleOfEverything } from '../../test/built-in-samples.ts';
import { ADMIN_PASSWORD, startStack, until, type Stack } from '../../test/stack.ts';

const HOST = 'web-1';
const isInstalled = (program: string) => spawnSync(program, ['--version']).error === undefined;
const collectors = await allCollectors();

let nats: TestNats;
let postgres: TestServer;
let stack: Stack;
let token = '';
let ticks: NodeJS.Timeout;

const now = () => new Date(Math.floor(Date.now() / 1000) * 1000).toISOString();
/** What a machine with two of everything sends, and a collector of somebody else's with hostile names. */
function samplesNow(): Sample[] {
  const hostile = { 'x"} 1 # EOF\\': { waiting_count: 3 } };
  return [
    ...collectors.map((collector) => sampleOfEverything(collector, { host: HOST, ts: now(), instances: 2 })),
    { host: HOST, collector: 'Some-Queue', ts: now(), metrics: { total_count: 5, host: hostile } },
  ];
}

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
  const services = [authService, settingsService, historyService, persistenceService];
  stack = await startStack({ natsUrl: nats.url, databaseUrl: postgres.url, services });
  token = await stack.login('admin', ADMIN_PASSWORD);
  for (const collector of collectors) {
    const { name, title, metrics, dimensions } = collector;
    stack.bus.publish(subjects.catalog(HOST, name), { host: HOST, collector: name, ts: now(), title, metrics, dimensions });
  }
  ticks = setInterval(() => {
    for (const sample of samplesNow()) stack.bus.publishSample(sample);
  }, 500);
  await until(async () => {
    const reply = await fetch(`${stack.url}/api/catalog?host=${HOST}`, { headers: { authorization: `Bearer ${token}` } });
    const { collectors: known } = z.object({ collectors: z.array(z.unknown()) }).parse(await reply.json());
    return known.length >= collectors.length;
  }, 'history knows the catalogs');
});
afterAll(async () => {
  clearInterval(ticks);
  await stack.stop();
  await Promise.all([nats.dispose(), postgres.dispose()]);
});

const scrape = (headers: Record<string, string> = {}) =>
  fetch(`${stack.url}/metrics`, { headers: { authorization: `Bearer ${token}`, ...headers } });

describe('/metrics', () => {
  it('asks for a token', async () => {
    const refused = await fetch(`${stack.url}/metrics`);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('lets an API token of scope read in', async () => {
    const created = await fetch(`${stack.url}/api/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'prometheus', scope: 'read', expires_in_days: 1 }),
    });
    const { token: apiToken } = z.object({ token: z.string() }).parse(await created.json());
    expect((await scrape({ authorization: `Bearer ${apiToken}` })).status).toBe(200);
  });

  it('has what every collector sends at the first request already, with the words of its catalog', async () => {
    const reply = await scrape();
    expect(reply.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await reply.text();
    expect(text).toContain('# HELP perfwatch_cpu_usage_ratio Busy');
    expect(text).toContain(`perfwatch_cpu_usage_ratio{host="${HOST}"} 0.01`);
    expect(text).toContain(`perfwatch_disk_device_read_latency_seconds{host="${HOST}",device="device0"}`);
    expect(text).toContain(`perfwatch_collector_up{host="${HOST}",collector="perf-events"} 1`);
    expect(text).toContain('perfwatch_dependency_up{dependency="nats"} 1');
    expect(text).toContain(String.raw`perfwatch_some_queue_host_waiting{host="web-1",exported_host="x\"} 1 # EOF\\"} 3`);
    expect(text).toMatch(/perfwatch_exporter_received_samples_total [1-9]/);
    expect(text).toMatch(/perfwatch_process_resident_memory_bytes\{host="server-1",process="[^"]+",node="[^"]+"\} \d{7,}/);
  });

  it('is OpenMetrics for those who ask for it', async () => {
    const reply = await scrape({ accept: 'application/openmetrics-text; version=1.0.0' });
    expect(reply.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const text = await reply.text();
    expect(text).toContain('# UNIT perfwatch_memory_used_bytes bytes');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
  });

  it.skipIf(!isInstalled('promtool'))('has nothing that promtool complains of (needs promtool, from the package prometheus)', async () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: await (await scrape()).text(),
      encoding: 'utf8',
    });
    expect(stdout + stderr).toBe('');
    expect(status).toBe(0);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const queryReplySchema = z.object({
  data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })) }),
});

describe.skipIf(!isInstalled('prometheus'))('a Prometheus that scrapes it (needs prometheus, from the package prometheus)', () => {
  let directory: string;
  let prometheus: ChildProcess;
  let url: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'perfwatch-prometheus-'));
    writeFileSync(join(directory, 'token'), token);
    writeFileSync(
      join(directory, 'prometheus.yml'),
      JSON.stringify({
        global: { scrape_interval: '1s', scrape_timeout: '1s' },
        scrape_configs: [
          {
            job_name: 'perfwatch',
            authorization: { credentials_file: join(directory, 'token') },
            static_configs: [{ targets: [new URL(stack.url).host] }],
          },
        ],
      }),
    );
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const options = [
      `--config.file=${directory}/prometheus.yml`,
      `--storage.tsdb.path=${directory}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    prometheus = spawn('prometheus', options, { stdio: 'ignore' });
  });
  afterAll(async () => {
    const ended = prometheus.exitCode === null ? once(prometheus, 'exit') : null;
    prometheus.kill('SIGKILL');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  });

  /** Fails where Prometheus does not take the expression. */
  const query = async (expression: string) => {
    const reply = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    return queryReplySchema.parse(await reply.json()).data.result;
  };

  const dashboard = JSON.parse(readFileSync(join(import.meta.dirname, '../../../docs/examples/grafana/perfwatch.json'), 'utf8')) as unknown;
  const { panels } = z
    .object({ panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })).optional() })) })
    .parse(dashboard);

  it('answers every question of the dashboard for Grafana', async () => {
    await until(
      async () => (await query('count_over_time(perfwatch_hosts[1m]) > 2').catch(() => [])).length > 0,
      'there are a few scrapes',
    );
    const expressions = panels.flatMap(({ targets = [] }) =>
      targets.map(({ expr }) => expr.replaceAll('$host', '.*').replaceAll('$__rate_interval', '1m')),
    );
    const answers = await Promise.all(expressions.map(async (expr) => ({ expr, count: (await query(expr)).length })));
    expect(answers.length).toBeGreaterThan(30);
    expect(answers.filter(({ count }) => count === 0)).toEqual([]);
  });

  it('finds every series, by name and unit', async () => {
    const isUp = async () => (await query('up{job="perfwatch"}').catch(() => [])).some(({ value }) => value[1] === '1');
    await until(isUp, 'Prometheus has scraped');
    const [usage] = await query('perfwatch_cpu_usage_ratio');
    expect(usage).toMatchObject({ metric: { host: HOST, job: 'perfwatch' }, value: [expect.any(Number), '0.01'] });
    expect(await query('perfwatch_cpu_core_usage_ratio')).toHaveLength(2);
    expect((await query('perfwatch_some_queue_host_waiting'))[0]?.metric['exported_host']).toBe('x"} 1 # EOF\\');
    const [scraped] = await query('scrape_samples_scraped');
    const [told] = await query('perfwatch_exporter_series');
    expect(Number(scraped?.value[1])).toBeGreaterThan(Number(told?.value[1]));
    const reply = await fetch(`${url}/api/v1/targets/metadata?metric=perfwatch_memory_used_bytes`);
    await expect(reply.json()).resolves.toMatchObject({
      data: [{ type: 'gauge', unit: 'bytes', help: expect.stringContaining('memory.used_bytes') }],
    });
  });
});
