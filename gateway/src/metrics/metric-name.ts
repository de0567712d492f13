import { unitOf, type MetricPath, type Unit } from '@perfwatch/contract';

/** How a metric of a Sample is called and given by Prometheus' rules: base units, no abbreviations, no suffix that means a type. */
export interface FamilyName {
  name: string;
  /** As in `# UNIT`: the end of the name. Null: a plain number. */
  unit: string | null;
  /** A value of the Sample is divided by this. */
  divisor: number;
}

/** Where a metric comes from. */
export interface MetricSource extends Omit<MetricPath, 'instance'> {
  collector: string;
}

interface Conversion {
  /** What the name ends in instead of the unit's suffix. */
  suffix: string;
  unit: string | null;
  divisor: number;
}

/** See https://prometheus.io/docs/practices/naming/, base units. */
const CONVERSIONS: Readonly<Record<Exclude<Unit, 'load'>, Conversion & { from: string }>> = {
  bytes_per_sec: { from: '_bytes_per_sec', suffix: '_bytes_per_second', unit: 'bytes_per_second', divisor: 1 },
  per_sec: { from: '_per_sec', suffix: '_per_second', unit: null, divisor: 1 },
  percent: { from: '_percent', suffix: '_ratio', unit: 'ratio', divisor: 100 },
  bytes: { from: '_bytes', suffix: '_bytes', unit: 'bytes', divisor: 1 },
  seconds: { from: '_seconds', suffix: '_seconds', unit: 'seconds', divisor: 1 },
  celsius: { from: '_celsius', suffix: '_celsius', unit: 'celsius', divisor: 1 },
  watts: { from: '_watts', suffix: '_watts', unit: 'watts', divisor: 1 },
  ratio: { from: '_ratio', suffix: '_ratio', unit: 'ratio', divisor: 1 },
  count: { from: '_count', suffix: '', unit: null, divisor: 1 },
  mhz: { from: '_mhz', suffix: '_hertz', unit: 'hertz', divisor: 1e-6 },
  ms: { from: '_ms', suffix: '_seconds', unit: 'seconds', divisor: 1000 },
};

/** Time spent per second of time, such as `cpu_clock_ms_per_sec`. */
const TIME_PER_SEC = { from: '_ms_per_sec', suffix: '_seconds_per_second', unit: 'seconds_per_second', divisor: 1000 };

/** Ends that say what type a series is of: a gauge must not have one. */
const TYPE_SUFFIX = /_(total|count|sum|bucket|info|created|gcount|gsum)$/;

function conversionOf(metric: string): (Conversion & { from: string }) | null {
  if (metric.endsWith(TIME_PER_SEC.from)) return TIME_PER_SEC;
  const unit = unitOf(metric);
  return unit === null || unit === 'load' ? null : CONVERSIONS[unit];
}

/**
 * `perfwatch_<collector>_<metric>`, or `perfwatch_<collector>_<dimension>_<metric>` for a metric of instances: what is of the whole machine
 * and what is of its parts must not be summed together. Two metrics may come to one name; whoever writes them sees to that.
 */
export function familyNameOf({ collector, dimension, metric }: MetricSource): FamilyName {
  const conversion = conversionOf(metric);
  const converted = conversion === null ? metric : metric.slice(0, metric.length - conversion.from.length) + conversion.suffix;
  const parts = ['perfwatch', collector.toLowerCase().replaceAll('-', '_'), ...(dimension === undefined ? [] : [dimension]), converted];
  const name = parts.join('_');
  // A number of something, such as hugepages_total_count.
  const typed = TYPE_SUFFIX.test(name) ? `${name}_number` : name;
  return { name: typed, unit: conversion?.unit ?? null, divisor: conversion?.divisor ?? 1 };
}

/** The label of a dimension. `host` is taken by the host itself. */
export const labelNameOf = (dimension: string): string => (dimension === 'host' ? 'exported_host' : dimension);

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

/** A label's value between its quotes. */
export const escapeLabel = (value: string): string => value.replace(/[\\"\n]/g, (character) => ESCAPES[character] ?? character);

/** Shortest text that differs from the exact quotient by no more than its sixteenth digit. */
export function formatValue(value: number, divisor: number): string {
  if (divisor === 1) return String(value);
  const text = String(value / divisor);
  return text.length <= 16 ? text : String(Number((value / divisor).toPrecision(15)));
}
