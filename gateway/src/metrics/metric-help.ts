import type { Catalog, MetricDescriptor, Sample } from '@perfwatch/contract';
import type { ServiceContext } from '@perfwatch/service-kit';
import { familyNameOf, type MetricSource } from './metric-name.ts';

/** A catalog changes with a new version of its collector; until it is read again the old words are shown. */
const ASK_AGAIN_MS = 300_000;
/** Hosts whose catalogs are read at once; what the others have besides is read the next time. */
const MAX_HOSTS_ASKED = 5;
const MAX_COLLECTORS = 1000;
const TIMEOUT_MS = 3000;

type Described = Pick<Catalog, 'metrics' | 'dimensions'>;

const own = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;

/** Where a metric comes from, and what was done to its value. */
function originOf(source: MetricSource): string {
  const { collector, dimension, metric } = source;
  const { divisor } = familyNameOf(source);
  const scale = divisor === 1 ? '' : divisor > 1 ? ` / ${divisor}` : ` * ${Math.round(1 / divisor)}`;
  return [collector, ...(dimension === undefined ? [] : [dimension]), metric].join('.') + scale;
}

/** Text of `# HELP`: what the catalog says, if it does, and which metric of PerfWatch it is. */
export function helpOf(source: MetricSource, descriptor: MetricDescriptor | undefined): string {
  const words = descriptor === undefined ? [] : [descriptor.title, ...(descriptor.help === undefined ? [] : [descriptor.help])];
  const sentences = words.map((text) => text.trim().replace(/[.\s]+$/, ''));
  return [...sentences, `In PerfWatch: ${originOf(source)}`].join('. ');
}

/** What catalogs say of metrics, by collector. They differ between hosts by no more than what is unavailable. */
export class MetricHelp {
  readonly #call: ServiceContext['call'];
  readonly #catalogs = new Map<string, Described>();
  /** On the monotonic clock; when a host was asked that runs the collector. */
  readonly #askedMs = new Map<string, number>();

  constructor(call: ServiceContext['call']) {
    this.#call = call;
  }

  describe(source: MetricSource): string {
    const { collector, dimension, metric } = source;
    const catalog = this.#catalogs.get(collector);
    const metrics = dimension === undefined ? catalog?.metrics : own(catalog?.dimensions, dimension)?.metrics;
    return helpOf(source, own(metrics, metric));
  }

  /** Reads the catalogs of collectors in `samples` that are not known or may have changed. Never rejects: there is a text without them. */
  async learn(samples: readonly Sample[]): Promise<void> {
    const nowMs = performance.now();
    const isDue = (collector: string) => nowMs - (this.#askedMs.get(collector) ?? Number.NEGATIVE_INFINITY) > ASK_AGAIN_MS;
    const due = new Set(samples.map(({ collector }) => collector).filter(isDue));
    if (due.size === 0) return;
    if (this.#askedMs.size > MAX_COLLECTORS) this.#askedMs.clear();
    const hosts: string[] = [];
    for (const [host, its] of Map.groupBy(samples, (sample) => sample.host)) {
      const learnt = its.map(({ collector }) => collector).filter((collector) => due.delete(collector));
      if (learnt.length === 0) continue;
      for (const collector of learnt) this.#askedMs.set(collector, nowMs);
      if (hosts.push(host) === MAX_HOSTS_ASKED) break;
    }
    await Promise.all(hosts.map((host) => this.#ask(host)));
  }

  async #ask(host: string): Promise<void> {
    try {
      const { collectors } = await this.#call('history.catalog', { host }, { timeoutMs: TIMEOUT_MS });
      if (this.#catalogs.size > MAX_COLLECTORS) this.#catalogs.clear();
      for (const { collector, metrics, dimensions } of collectors) this.#catalogs.set(collector, { metrics, dimensions });
    } catch {
      // Readiness tells that history is away; it is asked again later.
    }
  }
}
