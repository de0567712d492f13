import { formatMetricPath, type MetricPath } from '@perfwatch/contract';

/** A metric that someone chose: of a collector, or of an instance of one of its dimensions, or of all instances (`instance` null). */
export interface MetricChoice {
  collector: string;
  metric: string;
  dimension: string | null;
  instance: string | null;
}

const CHOICE =
  /^([A-Za-z0-9_-]{1,63}):(?:([a-z][a-z0-9_]{0,119})\.)?([a-z][a-z0-9_]{0,119})(?:\{([a-z][a-z0-9_]{0,119})="((?:[^"\\]|\\["\\])+)"\})?$/;

/** A choice as a query of history takes it, without its collector: `usage_percent`, `core.usage_percent`, `core.usage_percent{core="0"}`. */
export function fieldOf({ metric, dimension, instance }: MetricChoice): string {
  if (dimension === null) return metric;
  return instance === null ? `${dimension}.${metric}` : formatMetricPath({ metric, dimension, instance });
}

/** A choice as text: `cpu:core.usage_percent{core="0"}`. */
export function formatChoice(choice: MetricChoice): string {
  return `${choice.collector}:${fieldOf(choice)}`;
}

/** The choice that a text means; null for a text that is none. */
export function parseChoice(text: string): MetricChoice | null {
  const match = CHOICE.exec(text);
  if (match === null) return null;
  const [, collector = '', dimension = null, metric = '', label = null, escaped = null] = match;
  if (label !== null && label !== dimension) return null;
  return { collector, metric, dimension, instance: escaped?.replace(/\\(["\\])/g, '$1') ?? null };
}

/** Where the numbers of a choice are; `instance` is the one to look at where all were chosen. */
export function pathOf({ metric, dimension }: MetricChoice, instance: string | null): MetricPath {
  return dimension === null || instance === null ? { metric } : { metric, dimension, instance };
}
