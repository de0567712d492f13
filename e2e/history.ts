import type { RunningSystem } from './running-system.ts';

interface Point {
  timestamp: string;
  data: Record<string, unknown>;
}

function isPoints(reply: unknown): reply is { data_points: Point[]; truncated: boolean } {
  return typeof reply === 'object' && reply !== null && 'data_points' in reply && Array.isArray(reply.data_points);
}

/** Raw points of a collector since a moment, oldest first. */
export async function rawHistory(system: RunningSystem, { collector, since }: { collector: string; since: Date }): Promise<Point[]> {
  const query = new URLSearchParams({ metric_type: collector, interval: 'raw', limit: '10000', start_time: since.toISOString() });
  const reply = await system.get(`/api/history/metrics?${query.toString()}`);
  if (!isPoints(reply)) throw new Error(`not a history reply: ${JSON.stringify(reply)}`);
  if (reply.truncated) throw new Error('more points than asked for');
  return reply.data_points;
}

/** Times between which ticks are missing. */
export function holes(points: readonly Point[], intervalMs: number): { from: string; to: string; missing: number }[] {
  return points.slice(1).flatMap((point, index) => {
    const previous = points[index]?.timestamp ?? point.timestamp;
    const missing = Math.round((Date.parse(point.timestamp) - Date.parse(previous)) / intervalMs) - 1;
    return missing > 0 ? [{ from: previous, to: point.timestamp, missing }] : [];
  });
}
