import type { MetricValue } from '@perfwatch/contract';

/** From which share of the time a count is how strong: what ran nearly always is as good as exact. Text stays readable. */
const LEVELS = [
  { fromPercent: 90, opacity: 1, textOpacity: 1 },
  { fromPercent: 50, opacity: 0.65, textOpacity: 0.8 },
  { fromPercent: 0, opacity: 0.35, textOpacity: 0.64 },
] as const;

/** The level of a share of the time in percent; unknown shares are those of events that need no counter. */
const levelOf = (sharePercent: MetricValue) =>
  sharePercent === null ? LEVELS[0] : (LEVELS.find(({ fromPercent }) => sharePercent >= fromPercent) ?? LEVELS[0]);

/** How strong a line stands where it was counted this share of the time, in percent. */
export const lineOpacityOf = (sharePercent: MetricValue): number => levelOf(sharePercent).opacity;

/** How strong a figure stands that was counted this share of the time, in percent. */
export const textOpacityOf = (sharePercent: MetricValue): number => levelOf(sharePercent).textOpacity;
