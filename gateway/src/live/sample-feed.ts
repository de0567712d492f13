import type { Bus, Subscription } from '@perfwatch/bus';
import type { Sample } from '@perfwatch/contract';
import { subjectOf, type Pattern } from './pattern.ts';

/** Collectors whose newest Sample is remembered, of all hosts; anyone may make up new ones. */
const MAX_REMEMBERED = 50_000;

interface Wanted {
  subscription: Subscription;
  viewers: number;
}

const identityOf = ({ ts, run = '', seq = -1 }: Sample): string => `${ts} ${run} ${seq}`;

/** Samples from NATS: one subscription for each pattern while anyone wants it, and each Sample once however many of them it fits. */
export class SampleFeed {
  readonly #bus: Pick<Bus, 'subscribeSamples'>;
  readonly #onSample: (sample: Sample) => void;
  readonly #wanted = new Map<Pattern, Wanted>();
  /** What came last, by host and collector: the copies of one Sample follow each other. */
  readonly #newest = new Map<string, string>();

  constructor(bus: Pick<Bus, 'subscribeSamples'>, onSample: (sample: Sample) => void) {
    this.#bus = bus;
    this.#onSample = onSample;
  }

  /** Patterns that somebody wants. */
  get size(): number {
    return this.#wanted.size;
  }

  has(pattern: Pattern): boolean {
    return this.#wanted.has(pattern);
  }

  /** One viewer more wants `pattern`. */
  retain(pattern: Pattern): void {
    const wanted = this.#wanted.get(pattern);
    if (wanted !== undefined) {
      wanted.viewers++;
      return;
    }
    const subscription = this.#bus.subscribeSamples(subjectOf(pattern), (sample) => this.#take(sample));
    this.#wanted.set(pattern, { subscription, viewers: 1 });
  }

  /** One viewer less; the last one ends the subscription. */
  release(pattern: Pattern): void {
    const wanted = this.#wanted.get(pattern);
    if (wanted === undefined || --wanted.viewers > 0) return;
    this.#wanted.delete(pattern);
    void wanted.subscription.stop();
  }

  async stop(): Promise<void> {
    const subscriptions = [...this.#wanted.values()].map(({ subscription }) => subscription.stop());
    this.#wanted.clear();
    await Promise.all(subscriptions);
  }

  #take(sample: Sample): void {
    const key = `${sample.host}/${sample.collector}`;
    const identity = identityOf(sample);
    if (this.#newest.get(key) === identity) return;
    if (this.#newest.size >= MAX_REMEMBERED && !this.#newest.has(key)) this.#newest.clear();
    this.#newest.set(key, identity);
    this.#onSample(sample);
  }
}
