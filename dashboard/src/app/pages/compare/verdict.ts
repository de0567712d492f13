import type { MetricComparison } from '@perfwatch/contract';
import type { Verdict } from './compare-state.ts';

/** What became of a metric, in a word or two. */
export const VERDICT_TEXTS: Readonly<Record<Verdict, string>> = {
  higher: 'Higher',
  lower: 'Lower',
  no_clear_change: 'No clear change',
  unknown: 'Unknown',
};

const deviations = (value: number) => Math.abs(value).toFixed(2);

/** What a verdict rests on, in a sentence. */
export function verdictReason({ verdict, effect }: Pick<MetricComparison, 'verdict' | 'effect'>): string {
  if (verdict === 'unknown') return 'Too few numbers in one of the windows to tell (fewer than 8 steps)';
  if (effect === null) return `Constant in both windows, and ${verdict} in this one`;
  if (verdict === 'no_clear_change')
    return `Between ${deviations(effect.low)} standard deviations lower and ${deviations(effect.high)} higher (95 % confidence): may be no change at all`;
  const [near, far] = [effect.low, effect.high].map(Math.abs).sort((a, b) => a - b);
  return `${deviations(effect.size)} standard deviations ${verdict}; between ${deviations(near ?? 0)} and ${deviations(far ?? 0)} with 95 % confidence`;
}

/** `+39 %`, `−4.1 %`, from ten times on `×23`; null where nothing was before. */
export function changeText(percent: number | null): string | null {
  if (percent === null) return null;
  if (percent >= 900) return `×${(percent / 100 + 1).toPrecision(3).replace(/e.*/, '')}`;
  const size = Math.abs(percent);
  const digits = size >= 99.95 ? 0 : 1;
  const text = size.toFixed(digits);
  return Number(text) === 0 ? '0 %' : `${percent > 0 ? '+' : '−'}${text} %`;
}
