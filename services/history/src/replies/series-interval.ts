import { intervalToMs } from '@perfwatch/contract';
import { finestStep } from '../bucket-interval.ts';
import { HOUR_MS, MINUTE_MS } from '../durations.ts';
import type { MetricPattern } from '../metric-pattern.ts';
import type { SeriesRange, SeriesReader } from '../reading/series-reader.ts';

const FINEST_STEP_MS = { raw: 0, '1m': MINUTE_MS, '1h': HOUR_MS };
const NOTHING: readonly MetricPattern[] = [];

/**
 * The step that a query of `interval` gets, null for the Samples themselves. `auto`: the Samples where there are no more than `limit`,
 * else the finest step that gives no more points; never finer than what is kept of the whole range.
 */
export async function chooseStep(
  reader: SeriesReader,
  { range, interval, limit }: { range: SeriesRange; interval: string; limit: number },
): Promise<number | null> {
  if (interval !== 'auto') return intervalToMs(interval);
  const outline = await reader.outline(range);
  if (outline === null) return null;
  const { samples, finest } = outline;
  if (finest === 'raw') {
    if (samples.atMost <= limit) return null;
    if (samples.atLeast <= limit) {
      const { times } = await reader.raw(range, { patterns: NOTHING, limit: limit + 1 });
      if (times.length <= limit) return null;
    }
  }
  return Math.max(finestStep(outline, limit), FINEST_STEP_MS[finest]);
}
