import type { Unit } from '@perfwatch/contract';

/** The vertical axis: from `min`, 0 where it is absent, to `max` with a line every `interval`. */
export interface AxisScale {
  min?: number;
  max: number;
  interval: number;
}

const PERCENT_SCALES: readonly AxisScale[] = [
  { max: 1, interval: 0.5 },
  { max: 5, interval: 2.5 },
  { max: 10, interval: 5 },
  { max: 25, interval: 12.5 },
  { max: 50, interval: 25 },
  { max: 75, interval: 25 },
  { max: 100, interval: 25 },
];
/** Round numbers, and how many lines each is divided by. */
const DECIMAL_STEPS = [
  [1, 2],
  [1.5, 3],
  [2, 2],
  [3, 3],
  [4, 2],
  [5, 2],
  [6, 3],
  [8, 2],
  [10, 2],
] as const;

/** The smallest round axis that holds `top`: percentages end at 100, bytes at round binary numbers, the rest at round decimal ones. */
export function axisScale(top: number, unit: Unit | null): AxisScale {
  if (!(top > 0)) return unit === 'percent' ? { max: 10, interval: 5 } : { max: 1, interval: 0.5 };
  if (unit === 'percent' && top <= 100.5) return PERCENT_SCALES.find(({ max }) => top <= max) ?? { max: 100, interval: 25 };
  const thousand = baseOf(top, unit);
  const within = top / thousand;
  const power = 10 ** Math.floor(Math.log10(within));
  const [step, lines] = DECIMAL_STEPS.find(([candidate]) => candidate * power >= within * 1.02) ?? [20, 2];
  const max = step * power * thousand;
  return { max, interval: max / lines };
}

/** What the numbers on the axis count: KiB, minutes, or the unit itself. */
function baseOf(top: number, unit: Unit | null): number {
  if (unit === 'bytes' || unit === 'bytes_per_sec') return 1024 ** Math.max(0, Math.floor(Math.log(top) / Math.log(1024)));
  const secondsPerUnit = unit === 'seconds' ? 1 : unit === 'ms' ? 0.001 : null;
  if (secondsPerUnit === null) return 1;
  const seconds = top * secondsPerUnit;
  const base = seconds >= 172_800 ? 86_400 : seconds >= 7200 ? 3600 : seconds >= 120 ? 60 : secondsPerUnit;
  return base / secondsPerUnit;
}

/** A round axis that ends at a known whole (all of memory): lines at its quarters would be odd numbers, so the end is kept and the lines are round. */
export function axisScaleTo(total: number, unit: Unit | null): AxisScale {
  const { interval } = axisScale(total, unit);
  return { max: total, interval };
}

/** An axis that goes below 0: as round on both sides as the longer side alone would be, and ending at a line. */
export function axisScaleAcross({ bottom, top }: { bottom: number; top: number }, unit: Unit | null): AxisScale {
  const { interval } = axisScale(Math.max(top, -bottom), unit);
  return { min: Math.floor(bottom / interval) * interval, max: Math.ceil(top / interval) * interval, interval };
}
