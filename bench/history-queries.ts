import { historyReplySchema } from '@perfwatch/contract';
import type { ApiClient } from './api-client.ts';
import { percentile } from './process-cost.ts';
import { milliseconds, type Figure } from './table.ts';

const WARM_UP = 5;
const QUERIES = 20;
const POINTS = 1000;
const HOUR_MS = 3_600_000;
const RANGES = [
  { name: '1 h', ms: HOUR_MS, boundMs: 10 },
  { name: '24 h', ms: 24 * HOUR_MS, boundMs: 15 },
  { name: '7 d', ms: 7 * 24 * HOUR_MS, boundMs: 20 },
  { name: '30 d', ms: 30 * 24 * HOUR_MS, boundMs: 25 },
] as const;
const LONGEST_TO_SHORTEST = 3;
const COMPARE_BOUND_MS = 60;

/** Median time of asking again and again, each time for what is newest by then, from sending the request to having the reply. */
async function median(api: ApiClient, pathAt: (nowMs: number) => string): Promise<{ ms: number; reply: string }> {
  const times: number[] = [];
  let reply = '';
  for (let query = 0; query < WARM_UP + QUERIES; query += 1) {
    const path = pathAt(Date.now());
    const startedAt = performance.now();
    reply = await api.request(path);
    if (query >= WARM_UP) times.push(performance.now() - startedAt);
  }
  return { ms: percentile(times, 0.5), reply };
}

/** History of the collector cpu over longer and longer ranges. */
export async function measureHistoryQueries(api: ApiClient, host: string): Promise<Figure[]> {
  const results: { name: string; ms: number; boundMs: number; told: string }[] = [];
  for (const { name, ms: rangeMs, boundMs } of RANGES) {
    const { ms, reply } = await median(api, (nowMs) => {
      const query = { host, metric_type: 'cpu', limit: String(POINTS), end_time: new Date(nowMs).toISOString() };
      return `/api/history/metrics?${new URLSearchParams({ ...query, start_time: new Date(nowMs - rangeMs).toISOString() }).toString()}`;
    });
    const { count, interval, resolution } = historyReplySchema.parse(JSON.parse(reply));
    results.push({
      name,
      ms,
      boundMs,
      told: `${name}: ${count} points of ${interval} from ${resolution}, ${(reply.length / 1000).toFixed(0)} kB`,
    });
  }
  const ratio = (results.at(-1)?.ms ?? NaN) / (results[0]?.ms ?? NaN);
  return [
    {
      name: `history of cpu over ${results.map(({ name }) => name).join(', ')}, ${POINTS} points, p50 of ${QUERIES} (the original: 17, 361, 3708 ms, -)`,
      measured: `${results.map(({ ms }) => milliseconds(ms)).join(', ')} (${results.map(({ told }) => told).join('; ')})`,
      target: `under ${results.map(({ boundMs }) => boundMs).join(', ')} ms`,
      holds: results.every(({ ms, boundMs }) => ms < boundMs),
    },
    {
      name: 'history over 30 d against 1 h',
      measured: `${ratio.toFixed(1)} times`,
      target: `at most ${LONGEST_TO_SHORTEST} times`,
      holds: ratio <= LONGEST_TO_SHORTEST,
    },
  ];
}

/** A week against the week before, every metric of every collector. */
export async function measureCompare(api: ApiClient, host: string): Promise<Figure> {
  const query = new URLSearchParams({ host, period: 'week', compare_to: 'previous' });
  const { ms, reply } = await median(api, () => `/api/history/compare?${query.toString()}`);
  const metrics = [...reply.matchAll(/"verdict":/g)].length;
  return {
    name: `compare week with week, every metric, p50 of ${QUERIES} (the original: 7080 ms)`,
    measured: `${milliseconds(ms)}, ${metrics} metrics`,
    target: `under ${COMPARE_BOUND_MS} ms`,
    holds: ms < COMPARE_BOUND_MS,
  };
}
