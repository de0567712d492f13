import type { Clock } from '../../format/clock.ts';
import type { TimeRange } from '../../live/frame.ts';

/** Both ends of a range, the day told once where it is one: `Nov 25, 2026, 10:09:58 – 10:25:58`. */
export function rangeWords({ fromMs, toMs }: TimeRange, clock: Pick<Clock, 'date' | 'moment' | 'seconds'>): string {
  const isOneDay = clock.date(fromMs) === clock.date(toMs);
  return `${clock.moment(fromMs)} – ${isOneDay ? clock.seconds(toMs) : clock.moment(toMs)}`;
}
