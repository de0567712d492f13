import type { Bus, Subscription } from '@perfwatch/bus';
import { annotationSchema, inventorySchema, subjects, type Sample } from '@perfwatch/contract';
import { parseSubject } from '@perfwatch/contract';
import type { ServiceContext } from '@perfwatch/service-kit';
import type { FanOut } from './fan-out.ts';
import { HostStates } from './host-states.ts';

/** How often the stored states are looked at while anyone watches. */
const LOOK_EVERY_MS = 20_000;

export interface HostWatchOptions {
  bus: Pick<Bus, 'subscribe'>;
  call: ServiceContext['call'];
  fanOut: () => Pick<FanOut, 'sendHost' | 'sendAnnotation'>;
  hasViewers: () => boolean;
}

/** Tells every viewer of new inventories, of collectors whose status changes and of annotations. */
export class HostWatch {
  readonly #options: HostWatchOptions;
  readonly #states: HostStates;
  readonly #subscriptions: readonly Subscription[];
  readonly #timer: NodeJS.Timeout;
  #isSeeded = false;

  constructor(options: HostWatchOptions) {
    const { bus, fanOut } = options;
    this.#options = options;
    this.#states = new HostStates((event) => fanOut().sendHost(event));
    this.#subscriptions = [
      bus.subscribe(subjects.host('*'), inventorySchema, (inventory, subject) => {
        if (parseSubject(subject)?.host === inventory.host) this.#states.observeInventory(inventory);
      }),
      bus.subscribe(subjects.annotations('*'), annotationSchema, (annotation, subject) => {
        const host = parseSubject(subject)?.host;
        if (host !== undefined) fanOut().sendAnnotation({ ...annotation, host });
      }),
    ];
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    void this.#look();
  }

  observeSample(sample: Sample): void {
    this.#states.observeSample(sample);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#states.stop();
    await Promise.all(this.#subscriptions.map((subscription) => subscription.stop()));
  }

  /** The first look only learns what there is: pages read that themselves. */
  async #look(): Promise<void> {
    if (this.#isSeeded && !this.#options.hasViewers()) return;
    try {
      const { hosts } = await this.#options.call('history.hosts', {});
      this.#states.observeStored(hosts);
      if (!this.#isSeeded) this.#states.markTold();
      this.#isSeeded = true;
    } catch {
      // What viewers watch is seen all the same, and the next look comes soon; readiness tells the operator.
    }
  }
}
