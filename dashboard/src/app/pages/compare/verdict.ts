import type { MetricComparison, Unit } from '@perfwatch/contract';
import { figureText } from '../../format/format.ts';
import type { Verdict } from './compare-state.ts';

/** What became of a metric, in a word or two. */
export const VERDICT_TEXTS: Readonly<Record<Verdict, string>> = {
  higher: 'Higher',
  lower: 'Lower',
  no_clear_change: 'No clear change',
  unknown: 'Unknown',
};

type Windows = Pick<MetricComparison, 'window_1' | 'window_2'>;

/** Steps with a number that an effect takes in each window. See docs/compare.md. */
const LEAST_STEPS = 8;
const deviations = (value: number) => Math.abs(value).toFixed(2);

/** What a verdict rests on, in a sentence. */
export function verdictReason({ verdict, effect, ...windows }: Windows & Pick<MetricComparison, 'verdict' | 'effect'>): string {
  if (verdict === 'unknown') return tooLittleReason(windows);
  if (effect === null) return `Constant in both windows, and ${verdict} in this one: there is no deviation to measure it by`;
  if (verdict === 'no_clear_change') {
    if (effect.low === 0 && effect.high === 0) return 'The same in both windows';
    return `Between ${deviations(effect.low)} standard deviations lower and ${deviations(effect.high)} higher (95 % confidence): may be no change at all`;
  }
  const [near, far] = [effect.low, effect.high].map(Math.abs).sort((a, b) => a - b);
  return `${deviations(effect.size)} standard deviations ${verdict}; between ${deviations(near ?? 0)} and ${deviations(far ?? 0)} with 95 % confidence`;
}

function tooLittleReason({ window_1: shown, window_2: before }: Windows): string {
  if (shown.count === 0 && before.count === 0) return 'Nothing was recorded of it in either window';
  if (shown.count === 0) return absenceReason('this');
  if (before.count === 0) return absenceReason('before');
  return `Too few numbers for an interval, which takes ${LEAST_STEPS} steps in each window: ${shown.count} samples in this period, ${before.count} before`;
}

/** Why a window has no figures of a metric. */
export function absenceReason(window: 'this' | 'before'): string {
  return `Nothing was recorded of it ${window === 'this' ? 'in this period' : 'in the window before'}`;
}

/** The change in the unit of the metric; or why there is none, or none in percent. */
export function changeReason(
  { window_1: shown, window_2: before, change, change_percent: percent }: Windows & Pick<MetricComparison, 'change' | 'change_percent'>,
  unit: Unit | null,
): string {
  if (change === null) return absenceReason(before.avg === null ? 'before' : 'this');
  const inAll = `${change > 0 ? '+' : change < 0 ? '−' : ''}${figureText(Math.abs(change), unit)}`;
  return percent === null && shown.avg !== null ? `The mean was 0 before, and nothing is a percentage of 0: ${inAll}` : inAll;
}

/** `+39 %`, `−4.1 %`, from ten times on `×23`; null where nothing was before. */
export function changeText(percent: number | null): string | null {
  if (percent === null) return null;
  if (percent >= 900) return `×${figureText(percent / 100 + 1, null)}`;
  const size = Math.abs(percent);
  const digits = size >= 99.95 ? 0 : 1;
  const text = size.toFixed(digits);
  return Number(text) === 0 ? '0 %' : `${percent > 0 ? '+' : '−'}${text} %`;
}
