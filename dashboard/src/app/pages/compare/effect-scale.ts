import type { MetricComparison } from '@perfwatch/contract';

/** Where an effect and its interval lie on a bar, in percent of its width; 50 is no effect. */
export interface EffectMarks {
  dot: number;
  from: number;
  to: number;
}

/** Half the width of a bar in standard deviations, and what is labelled between the middle and there. */
const SCALES = [
  { limit: 1, between: 0.3 },
  { limit: 2, between: 0.5 },
  { limit: 5, between: 1 },
  { limit: 10, between: 2 },
] as const;
const WIDEST = 10;

/** Half the width of the bars of a table in standard deviations: the smallest round one that holds every size, and every interval of what changed; at most 10. */
export function effectLimit(comparisons: readonly Pick<MetricComparison, 'effect' | 'verdict'>[]): number {
  const furthest = comparisons.reduce((most, { effect, verdict }) => {
    if (effect === null) return most;
    const told = verdict === 'no_clear_change' ? [effect.size] : [effect.low, effect.high];
    return Math.max(most, ...told.map(Math.abs));
  }, 0);
  return SCALES.find(({ limit }) => furthest <= limit)?.limit ?? WIDEST;
}

/** Linear near 0 and logarithmic far from it, so that 0.2 and 8 both show; what lies beyond the limit ends at the edge. */
function place(value: number, limit: number): number {
  return 50 + 50 * Math.max(-1, Math.min(1, Math.asinh(value) / Math.asinh(limit)));
}

/** Where an effect lies on a bar of that limit. */
export function effectMarks({ size, low, high }: NonNullable<MetricComparison['effect']>, limit: number): EffectMarks {
  return { dot: place(size, limit), from: place(low, limit), to: place(high, limit) };
}

/** What stands over the bars: standard deviations, and where they lie in percent of the width. */
export function effectTicks(limit: number): { text: string; left: number }[] {
  const between = SCALES.find((scale) => scale.limit === limit)?.between ?? limit / 4;
  return [-limit, -between, 0, between, limit].map((value) => ({
    text: value === 0 ? '0' : `${value < 0 ? '−' : '+'}${Math.abs(value)}`,
    left: place(value, limit),
  }));
}
