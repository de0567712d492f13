import path from 'node:path';
import { readRunFile } from '@perfwatch/testing';
import { Client } from 'pg';
import { z } from 'zod';
import type { RunningSystem } from './running-system.ts';

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

/** Accounts for every seq of every run since a moment, from the database itself. */
export async function storedRuns(
  { dataDir }: RunningSystem,
  { collector, since }: { collector: string; since: Date },
): Promise<StoredRun[]> {
  const { databaseUrl } = runFileSchema.parse(readRunFile(path.resolve(dataDir)));
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<StoredRun>(
      `SELECT run, count(*)::int AS count, (max(seq) - min(seq) + 1 - count(*))::int AS lost, min(ts) AS first, max(ts) AS last
       FROM sample WHERE collector = $1 AND ts >= $2 GROUP BY run ORDER BY min(ts)`,
      [collector, since],
    );
    return rows;
  } finally {
    await client.end();
  }
}
