import { z } from 'zod';
import type { RunningSystem } from './running-system.ts';
import type { Series } from './soak-samples.ts';

const HOUR_MS = 3_600_000;
/** Fewer ticks of 100 ms than a query gives points. */
const WINDOW_MS = HOUR_MS / 4;
const LIMIT = 10_000;

const replySchema = z.object({ truncated: z.boolean(), data_points: z.array(z.object({ timestamp: z.string() })) });
const runSchema = z.object({
  finished: z.boolean(),
  sealed_series: z.number(),
  partitions_dropped: z.number(),
  error: z.string().nullable(),
});
export type CleanupRun = z.infer<typeof runSchema>;

/** Times of the raw points that the API shows of a series, for all windows in which there should be some. */
export async function shownTimes(system: RunningSystem, series: Series, expected: Iterable<number>): Promise<Set<number>> {
  const windows = new Set([...expected].map((tsMs) => Math.floor(tsMs / WINDOW_MS) * WINDOW_MS));
  const shown = new Set<number>();
  for (const startMs of windows) {
    const query = new URLSearchParams({
      ...{ host: series.host, metric_type: series.collector, interval: 'raw', limit: String(LIMIT), fields: '*_count' },
      ...{ start_time: new Date(startMs).toISOString(), end_time: new Date(startMs + WINDOW_MS).toISOString() },
    });
    const { truncated, data_points: points } = replySchema.parse(await system.get(`/api/history/metrics?${query.toString()}`));
    if (truncated) throw new Error(`${series.host} ${series.collector} has more than ${LIMIT} points in a quarter of an hour`);
    for (const { timestamp } of points) shown.add(Date.parse(timestamp));
  }
  return shown;
}

/** Has retention run now; throws while something that takes is away. */
export async function runRetention(system: RunningSystem): Promise<CleanupRun> {
  const headers = { authorization: `Bearer ${await system.token()}` };
  const response = await fetch(`${system.url}/api/retention/cleanup`, { method: 'POST', headers });
  const reply: unknown = await response.json();
  if (!response.ok) throw new Error(`retention: ${JSON.stringify(reply)}`);
  return runSchema.parse(reply);
}
