import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { createLogger, loadConfig } from '@perfwatch/service-kit';
import { openStore } from '@perfwatch/store';
import { startTestPostgres, temporaryDataDirectory } from '@perfwatch/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandLine } from './command-line.ts';
import { StopRequests } from './stop-requests.ts';

const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
const DAY = '2026-11-01';

/** An archived day of two Samples of each collector, an hour apart. */
function writeArchive(dataDir: string, collectors: readonly string[]): void {
  const files = collectors.map((collector) => {
    const times = [`${DAY}T10:00:00.000Z`, `${DAY}T11:00:00.000Z`];
    const lines = times.map((ts) => `${JSON.stringify({ host: 'web-1', collector, ts, metrics: { usage_percent: 1 } })}\n`);
    const data = zstdCompressSync(lines.join(''));
    mkdirSync(join(dataDir, 'archive', DAY, 'web-1'), { recursive: true });
    writeFileSync(join(dataDir, 'archive', DAY, 'web-1', `${collector}.ndjson.zst`), data);
    const sha256 = createHash('sha256').update(data).digest('hex');
    return { host: 'web-1', collector, samples: 2, bytes: data.length, first: times[0], last: times[1], sha256 };
  });
  writeFileSync(join(dataDir, 'archive', DAY, 'manifest.json'), JSON.stringify({ day: DAY, files }));
}

describe('perfwatch archive', () => {
  let data: ReturnType<typeof temporaryDataDirectory>;
  beforeEach(() => {
    data = temporaryDataDirectory();
  });
  afterEach(() => data.dispose());

  /** What a command prints. */
  const perfwatch = async (environment: Record<string, string>, ...args: string[]): Promise<string[]> => {
    const printed: string[] = [];
    const context = {
      loadConfig: () => loadConfig({ PERFWATCH_DATA_DIR: data.path, ...environment }),
      environment,
      stopRequests: new StopRequests(),
      print: (line: string) => void printed.push(line),
      warn: (line: string) => void printed.push(line),
    };
    await commandLine(context).parseAsync(['node', 'perfwatch', 'archive', ...args]);
    return printed;
  };

  it('lists what there is, as a table and as JSON', async () => {
    expect(await perfwatch({}, 'list')).toEqual([expect.stringContaining('Nothing is archived')]);
    writeArchive(data.path, ['cpu', 'disk']);
    const [title, cpu, disk] = await perfwatch({}, 'list');
    expect(title).toMatch(/^day +host +collector +samples +bytes$/);
    expect(cpu).toMatch(/^2026-11-01 +web-1 +cpu +2 +\d+$/);
    expect(disk).toMatch(/^2026-11-01 +web-1 +disk +2 +\d+$/);
    expect(JSON.parse((await perfwatch({}, 'list', '--json')).join('\n'))).toMatchObject([
      { day: DAY, files: [{ collector: 'cpu', samples: 2 }, { collector: 'disk' }] },
    ]);
  });

  it('restores into the database that is configured, once', async () => {
    await using postgres = await startTestPostgres();
    writeArchive(data.path, ['cpu', 'disk']);
    const environment = { PERFWATCH_DATABASE_URL: postgres.url };
    expect(await perfwatch(environment, 'restore', DAY, '--collector', 'cpu', '--days', '3')).toEqual([
      expect.stringMatching(/^Restored 2 hours of cpu of web-1 \(2 Samples\), kept until .*Z\.$/),
    ]);
    expect(await perfwatch(environment, 'restore', DAY)).toEqual([
      '2 hours of cpu of web-1 left alone: raw Samples are there.',
      expect.stringContaining('Restored 2 hours of disk of web-1'),
    ]);
    const store = await openStore({ url: postgres.url, log });
    const rows = await store.query('SELECT collector, round(extract(day FROM kept_until - now())) AS days FROM raw_segment ORDER BY 1');
    await store.close();
    expect(rows.map(({ collector, days }) => `${String(collector)} ${String(days)}`)).toEqual(['cpu 2', 'cpu 2', 'disk 6', 'disk 6']);
  });

  it('restores into the embedded database while PerfWatch does not run', async () => {
    writeArchive(data.path, ['cpu']);
    expect(await perfwatch({ PERFWATCH_DATABASE_PORT: '0' }, 'restore', DAY)).toEqual([
      expect.stringContaining('Restored 2 hours of cpu of web-1'),
    ]);
    expect(await perfwatch({ PERFWATCH_DATABASE_PORT: '0' }, 'restore', DAY)).toEqual([expect.stringContaining('left alone')]);
  });

  it('says what is wrong with what it was told', async () => {
    await using postgres = await startTestPostgres();
    const environment = { PERFWATCH_DATABASE_URL: postgres.url };
    await expect(perfwatch(environment, 'restore', 'yesterday')).rejects.toThrow('day: must be a day, such as 2026-11-23');
    await expect(perfwatch(environment, 'restore', DAY, '--days', 'x')).rejects.toThrow('--days: must be a number of days');
    await expect(perfwatch(environment, 'restore', DAY, '--host', 'web-1')).rejects.toThrow(`Nothing of web-1 is archived for ${DAY}`);
  });
});
