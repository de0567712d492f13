/** Where an effect and its interval lie on a bar, in percent of its width; 50 is no effect. */
export interface EffectMarks {
  dot: number;
  from: number;
  to: number;
}

interface Effect {
  size: number;
  low: number;
  high: number;
}

const LIMITS = [1, 2, 5, 10];

/** Half the width of the bars of a table in standard deviations: the smallest round one that holds every interval, at most 10. */
export function effectLimit(effects: readonly (Effect | null)[]): number {
  const furthest = effects.reduce((most, effect) => Math.max(most, Math.abs(effect?.low ?? 0), Math.abs(effect?.high ?? 0)), 0);
  return LIMITS.find((limit) => furthest <= limit) ?? 10;
}

/** Linear near 0 and logarithmic far from it, so that 0.2 and 8 both show; what lies beyond the limit ends at the edge. */
export function effectMarks({ size, low, high }: Effect, limit: number): EffectMarks {
  const place = (value: number) => 50 + 50 * Math.max(-1, Math.min(1, Math.asinh(value) / Math.asinh(limit)));
  return { dot: place(size), from: place(low), to: place(high) };
}
