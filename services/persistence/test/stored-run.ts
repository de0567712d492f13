import { openBus, type Bus, type BusOptions } from '@perfwatch/bus';
import type { Sample } from '@perfwatch/contract';
import { createLogger, loadConfig, type ServiceHealth } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { vi } from 'vitest';
import { persistenceService } from '../src/persistence-service.ts';

const WAIT_MS = 45_000;
const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
const unused = (): never => {
  throw new Error('persistence calls nobody');
};

export interface StoredRunOptions {
  natsUrl: string;
  databaseUrl: string;
  /** Of the publisher's bus. */
  queue?: BusOptions['queue'];
  stream?: BusOptions['stream'];
}

/** The service persistence on connections of its own, and a collector that publishes one run. */
export class StoredRun {
  readonly publisher: Bus;
  readonly #bus: Bus;
  readonly #store: Store;
  readonly #service: Awaited<ReturnType<typeof persistenceService.start>>;
  readonly #firstMs = Math.floor(Date.now() / 1000) * 1000 - 1_800_000;
  #published = 0;

  private constructor({
    publisher,
    bus,
    store,
    service,
  }: Pick<StoredRun, 'publisher'> & { bus: Bus; store: Store; service: Awaited<ReturnType<typeof persistenceService.start>> }) {
    this.publisher = publisher;
    this.#bus = bus;
    this.#store = store;
    this.#service = service;
  }

  static async start({ natsUrl, databaseUrl, queue, stream }: StoredRunOptions): Promise<StoredRun> {
    const open = (options: Partial<BusOptions>) => openBus({ servers: natsUrl, name: 'test', log, ...options });
    const publisher = open(queue === undefined ? {} : { queue });
    const bus = open(stream === undefined ? {} : { stream });
    const store = await openStore({ url: databaseUrl, log });
    const parts = { bus, store, log, config: loadConfig({}), call: unused, broadcast: unused, clusterHealth: unused, cluster: unused };
    const service = await persistenceService.start(parts);
    await Promise.all([publisher.connected(WAIT_MS), bus.connected(WAIT_MS)]);
    return new StoredRun({ publisher, bus, store, service });
  }

  /** How many have been published. */
  get published(): number {
    return this.#published;
  }

  health(): ServiceHealth {
    return this.#service.health?.() ?? { up: false, reason: 'no health' };
  }

  /** The next Samples of the run, of some 400 bytes each. */
  publish(count: number): void {
    for (let end = this.#published + count; this.#published < end; this.#published += 1)
      this.publisher.publishSample(this.#sample(this.#published));
  }

  /** Sequence numbers that are stored; null while the database cannot be asked. */
  async stored(): Promise<Set<number> | null> {
    try {
      const rows = await this.#store.query<{ seq: number }>(`SELECT seq::int AS seq FROM sample WHERE run = 'faults'`);
      return new Set(rows.map(({ seq }) => seq));
    } catch {
      return null;
    }
  }

  /** Until what is stored is what `isSo` asks for. */
  until(isSo: (stored: ReadonlySet<number>) => boolean): Promise<unknown> {
    return vi.waitUntil(
      async () => {
        const stored = await this.stored();
        return stored !== null && isSo(stored);
      },
      { timeout: WAIT_MS, interval: 100 },
    );
  }

  /** Until the service says this about itself. */
  untilHealth(isSo: (health: ServiceHealth) => boolean): Promise<unknown> {
    return vi.waitUntil(() => isSo(this.health()), { timeout: WAIT_MS, interval: 20 });
  }

  async stop(): Promise<void> {
    await this.publisher.close(0);
    await this.#service.stop();
    await this.#bus.close(0);
    await this.#store.close();
  }

  #sample(seq: number): Sample {
    const metrics = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`queue_${index}_count`, seq * 1000 + index]));
    return {
      ...{ host: 'web-1', collector: 'queue', ts: new Date(this.#firstMs + seq * 100).toISOString(), run: 'faults', seq },
      ...{ interval_ms: 100, elapsed_ms: 100, status: 'ok', reason: null, metrics },
    };
  }
}
