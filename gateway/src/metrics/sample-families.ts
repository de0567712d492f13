import { setImmediate as nextTurn } from 'node:timers/promises';
import type { InstanceMetrics, Sample } from '@perfwatch/contract';
import type { Families } from './families.ts';
import type { Family } from './exposition.ts';
import { escapeLabel, familyNameOf, formatValue, labelNameOf, type MetricSource } from './metric-name.ts';

/** What one answer may hold; a Prometheus takes some 3 kB of memory for each series. */
export interface SeriesLimits {
  perHost: number;
  total: number;
}

export const SERIES_LIMITS: SeriesLimits = { perHost: 5000, total: 100_000 };
/** Written in one go, some milliseconds, before whoever waits gets a turn. */
const SERIES_AT_ONCE = 4000;

/** Series that an answer does not hold, by reason. */
export interface LeftOut {
  /** Its host has more than one may have. */
  hostLimit: number;
  /** All hosts together have more than fit. */
  totalLimit: number;
  /** Another metric has the same name in Prometheus' spelling. */
  nameTaken: number;
}

export interface SampleFamiliesOptions {
  families: Families;
  describe: (source: MetricSource) => string;
  limits?: SeriesLimits;
}

interface Target {
  /** Null: the name is another's. */
  family: Family | null;
  divisor: number;
}

/** A host's series so far. */
interface HostBudget {
  left: number;
}

type Entry = Sample['metrics'][string];
const isDimension = (entry: Entry): entry is Record<string, InstanceMetrics> => typeof entry === 'object' && entry !== null;

/** Writes the numbers of Samples as series of `families`. */
export class SampleFamilies {
  readonly #families: Families;
  readonly #describe: SampleFamiliesOptions['describe'];
  readonly #limits: SeriesLimits;
  readonly #targets = new Map<string, Target>();
  readonly leftOut: LeftOut = { hostLimit: 0, totalLimit: 0, nameTaken: 0 };
  #series = 0;

  constructor({ families, describe, limits = SERIES_LIMITS }: SampleFamiliesOptions) {
    this.#families = families;
    this.#describe = describe;
    this.#limits = limits;
  }

  /** Series written. */
  get series(): number {
    return this.#series;
  }

  /** Writes the newest Samples, host by host: first what is of the whole machine, so that a machine of many parts loses parts alone. */
  async write(samples: readonly Sample[]): Promise<void> {
    let pauseAt = SERIES_AT_ONCE;
    for (const [host, own] of Map.groupBy(samples, (sample) => sample.host)) {
      const budget: HostBudget = { left: this.#limits.perHost };
      for (const sample of own) this.#writeTotals(sample, budget, `{host="${host}"} `);
      for (const sample of own) this.#writeInstances(sample, budget);
      if (this.#series < pauseAt) continue;
      pauseAt = this.#series + SERIES_AT_ONCE;
      await nextTurn();
    }
  }

  #writeTotals({ collector, metrics }: Sample, budget: HostBudget, labels: string): void {
    for (const [metric, value] of Object.entries(metrics)) {
      if (typeof value === 'number') this.#add({ source: { collector, metric }, labels, value }, budget);
    }
  }

  #writeInstances({ host, collector, metrics }: Sample, budget: HostBudget): void {
    for (const [dimension, instances] of Object.entries(metrics)) {
      if (!isDimension(instances)) continue;
      const label = labelNameOf(dimension);
      for (const [instance, values] of Object.entries(instances)) {
        const labels = `{host="${host}",${label}="${escapeLabel(instance)}"} `;
        for (const [metric, value] of Object.entries(values)) {
          if (value !== null) this.#add({ source: { collector, dimension, metric }, labels, value }, budget);
        }
      }
    }
  }

  #add({ source, labels, value }: { source: MetricSource; labels: string; value: number }, budget: HostBudget): void {
    const { family, divisor } = this.#targetOf(source);
    if (family === null) this.leftOut.nameTaken++;
    else if (budget.left === 0) this.leftOut.hostLimit++;
    else if (this.#series >= this.#limits.total) this.leftOut.totalLimit++;
    else {
      budget.left--;
      this.#series++;
      family.lines.push(family.name + labels + formatValue(value, divisor));
    }
  }

  #targetOf(source: MetricSource): Target {
    const { collector, dimension = '', metric } = source;
    const owner = `${collector}/${dimension}/${metric}`;
    const known = this.#targets.get(owner);
    if (known !== undefined) return known;
    const { name, unit, divisor } = familyNameOf(source);
    const family = this.#families.claim(owner, { name, unit, type: 'gauge', help: this.#describe(source) });
    const target: Target = { family, divisor };
    this.#targets.set(owner, target);
    return target;
  }
}
