import { forEachMetric, formatMetricPath, unitOf, type Sample } from '@perfwatch/contract';

/** Samples that a metric must have been in before it can be unusual. */
const MIN_SEEN = 15;
/** Weight of a new value: what was a minute ago at one a second counts for a third. */
const WEIGHT = 1 / 60;
const MIN_DEVIATIONS = 4;
/** A metric that stands still deviates by nothing: this share of its mean is taken for noise. */
const NOISE_SHARE = 0.02;
/** And this many points of a percentage, which is often 0 for minutes. */
const NOISE_POINTS = 0.5;
/** Of one host; a machine of 1024 CPUs has 20,000. */
const MAX_PATHS = 30_000;

interface Usual {
  seen: number;
  mean: number;
  variance: number;
}

export interface UnusualMetric {
  collector: string;
  /** As in history: `core.usage_percent{core="0"}`. */
  path: string;
  metric: string;
  value: number;
  /** What it was in the last minutes. */
  mean: number;
  /** How many standard deviations the value is from it. */
  deviations: number;
}

/** Learns what the metrics of a host usually are, and tells which are unlike that now. */
export class UnusualMetrics {
  readonly #usual = new Map<string, Usual>();
  readonly #now = new Map<string, UnusualMetric[]>();

  take({ collector, metrics }: Sample): void {
    const unusual: UnusualMetric[] = [];
    forEachMetric(metrics, (metricPath, value) => {
      if (value === null) return;
      const path = formatMetricPath(metricPath);
      const usual = this.#usualOf(`${collector} ${path}`);
      if (usual === null) return;
      const deviations = Math.abs(value - usual.mean) / spreadOf(usual, metricPath.metric);
      if (usual.seen >= MIN_SEEN && deviations >= MIN_DEVIATIONS) {
        unusual.push({ collector, path, metric: metricPath.metric, value, mean: usual.mean, deviations });
      }
      learn(usual, value);
    });
    this.#now.set(collector, unusual);
  }

  /** The clearest first. */
  clearest(count: number): UnusualMetric[] {
    const all = [...this.#now.values()].flat();
    return all.toSorted((a, b) => b.deviations - a.deviations).slice(0, count);
  }

  #usualOf(key: string): Usual | null {
    const known = this.#usual.get(key);
    if (known !== undefined) return known;
    if (this.#usual.size >= MAX_PATHS) return null;
    const added: Usual = { seen: 0, mean: 0, variance: 0 };
    this.#usual.set(key, added);
    return added;
  }
}

/** What a value may differ by without being unusual. */
function spreadOf({ mean, variance }: Usual, metric: string): number {
  const noise = NOISE_SHARE * Math.abs(mean) + (unitOf(metric) === 'percent' ? NOISE_POINTS : Number.EPSILON);
  return Math.max(Math.sqrt(variance), noise);
}

/** Mean and variance that forget: the first values count in full until there are many. See Finch 2009, incremental weighted mean and variance. */
function learn(usual: Usual, value: number): void {
  usual.seen++;
  const weight = Math.max(WEIGHT, 1 / usual.seen);
  const difference = value - usual.mean;
  usual.mean += weight * difference;
  usual.variance = (1 - weight) * (usual.variance + weight * difference * difference);
}
