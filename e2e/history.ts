import path from 'node:path';
import { readRunFile } from '@perfwatch/testing';
import { Client } from 'pg';
import { z } from 'zod';
import type { RunningSystem } from './running-system.ts';
import { readStoredSeries, type StoredTick } from './soak-stored.ts';

const runFileSchema = z.object({ databaseUrl: z.string() });
const replySchema = z.object({ truncated: z.boolean(), data_points: z.array(z.object({ timestamp: z.string() })) });

/** Raw points of a collector since a moment, oldest first, through the API. */
export async function rawHistory(
  system: RunningSystem,
  { collector, since }: { collector: string; since: Date },
): Promise<{ timestamp: string }[]> {
  const query = new URLSearchParams({ metric_type: collector, interval: 'raw', limit: '10000', start_time: since.toISOString() });
  const { data_points: points, truncated } = replySchema.parse(await system.get(`/api/history/metrics?${query.toString()}`));
  if (truncated) throw new Error('more points than asked for');
  return points;
}

/** What is stored of one run of a collector. A tick that was skipped has no seq: what is missing between first and last was lost. */
export interface StoredRun {
  run: string;
  count: number;
  lost: number;
  first: Date;
  last: Date;
}

/** Accounts for every seq of every run since a moment, from the database itself: rows, and segments of the hours that have been closed since. */
export async function storedRuns(
  { dataDir }: RunningSystem,
  { collector, since }: { collector: string; since: Date },
): Promise<StoredRun[]> {
  const { databaseUrl } = runFileSchema.parse(readRunFile(path.resolve(dataDir)));
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ host: string }>('SELECT host FROM collector_state WHERE collector = $1', [collector]);
    const series = await Promise.all(rows.map(({ host }) => readStoredSeries(client, { host, collector })));
    const ticks = series.flatMap(({ ticks: stored }) => [...stored]).filter(([tsMs]) => tsMs >= since.getTime());
    const runs = Map.groupBy(ticks, ([, { run }]) => run ?? '');
    return [...runs].map(([run, ofRun]) => runOf(run, ofRun)).sort((a, b) => a.first.getTime() - b.first.getTime());
  } finally {
    await client.end();
  }
}

function runOf(run: string, ticks: readonly (readonly [number, StoredTick])[]): StoredRun {
  const times = ticks.map(([tsMs]) => tsMs);
  const seqs = ticks.map(([, { seq }]) => seq ?? 0);
  const count = ticks.length;
  const lost = Math.max(...seqs) - Math.min(...seqs) + 1 - count;
  return { run, count, lost, first: new Date(Math.min(...times)), last: new Date(Math.max(...times)) };
}
