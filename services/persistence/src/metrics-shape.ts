import type { Metrics } from '@perfwatch/contract';

/** Control characters, which no name may contain, tell a dimension and an instance from a metric. */
const DIMENSION = '\u0001';
const INSTANCE = '\u0002';

/** The names in a Sample's metrics, in order: what two Samples of a collector nearly always share. */
export type MetricsShape = readonly string[];

/** Calls `visit` for every name, and for what it is; stops when that returns false. Returns whether it came to the end. */
function walk(metrics: Metrics, visit: (token: string) => boolean): boolean {
  for (const name in metrics) {
    const entry = metrics[name];
    if (typeof entry !== 'object' || entry === null) {
      if (!visit(name)) return false;
      continue;
    }
    if (!visit(DIMENSION) || !visit(name)) return false;
    for (const instance in entry) {
      if (!visit(INSTANCE) || !visit(instance)) return false;
      for (const metric in entry[instance]) if (!visit(metric)) return false;
    }
  }
  return true;
}

/** The shape of metrics that passed the contract's schema; null for one of more than `maxTokens` names. */
export function shapeOf(metrics: Metrics, maxTokens: number): MetricsShape | null {
  const tokens: string[] = [];
  return walk(metrics, (token) => tokens.push(token) <= maxTokens) ? tokens : null;
}

/** Whether metrics have exactly this shape. Values do not matter. */
export function hasShape(metrics: Metrics, shape: MetricsShape): boolean {
  let at = 0;
  return walk(metrics, (token) => token === shape[at++]) && at === shape.length;
}
