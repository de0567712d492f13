/**
 * Every unit a metric can have, by the suffix its name ends in, longest match first. `load` is the one exception: the load
 * averages carry their window instead (`load_1m`).
 */
export const UNIT_BY_SUFFIX = {
  _bytes_per_sec: 'bytes_per_sec',
  _per_sec: 'per_sec',
  _percent: 'percent',
  _bytes: 'bytes',
  _seconds: 'seconds',
  _celsius: 'celsius',
  _watts: 'watts',
  _ratio: 'ratio',
  _count: 'count',
  _mhz: 'mhz',
  _ms: 'ms',
} as const;

export type Unit = (typeof UNIT_BY_SUFFIX)[keyof typeof UNIT_BY_SUFFIX] | 'load';

export const UNITS = [...Object.values(UNIT_BY_SUFFIX), 'load'] as const satisfies readonly Unit[];

const SUFFIXES = Object.entries(UNIT_BY_SUFFIX);
const LOAD_AVERAGE = /^load_(1|5|15)m$/;

/** The unit that a metric's name ends in; null for a name that ends in none (which no valid Sample has). */
export function unitOf(metricName: string): Unit | null {
  for (const [suffix, unit] of SUFFIXES) {
    if (metricName.length > suffix.length && metricName.endsWith(suffix)) return unit;
  }
  return LOAD_AVERAGE.test(metricName) ? 'load' : null;
}
