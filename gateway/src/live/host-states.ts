import type { Host, HostEvent, Inventory, Sample } from '@perfwatch/contract';

/** Changes of one host within this time are told together: at start-up every collector is one. */
const COALESCE_MS = 200;
/** Anyone may publish, and so make up hosts and collectors. */
const MAX_HOSTS = 10_000;
const MAX_COLLECTORS_PER_HOST = 200;

type CollectorStatus = HostEvent['status'][string];

interface KnownHost {
  inventory: Inventory | null;
  collectors: Map<string, CollectorStatus>;
}

/** Published again every 60 s; only a new time is no change. */
const contentsOf = (inventory: Inventory | null): string => JSON.stringify(inventory, (key, value: unknown) => (key === 'ts' ? '' : value));

/** What is known of each host; tells when an inventory or a collector's status changes. */
export class HostStates {
  readonly #hosts = new Map<string, KnownHost>();
  readonly #changed = new Set<string>();
  readonly #onChange: (event: HostEvent) => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(onChange: (event: HostEvent) => void) {
    this.#onChange = onChange;
  }

  observeInventory(inventory: Inventory): void {
    const known = this.#host(inventory.host);
    if (known === null) return;
    const isChanged = contentsOf(known.inventory) !== contentsOf(inventory);
    known.inventory = inventory;
    if (isChanged) this.#change(inventory.host);
  }

  observeSample({ host, collector, ts, status = 'ok', reason = null }: Sample): void {
    this.#observe(host, collector, { status, reason, last_sample: ts });
  }

  /** What is stored; brings what no viewer watches and so never comes by here. */
  observeStored(hosts: readonly Host[]): void {
    for (const { host, inventory, collectors } of hosts) {
      if (inventory !== null) this.observeInventory(inventory);
      for (const { collector, status, reason, last_sample } of collectors) this.#observe(host, collector, { status, reason, last_sample });
    }
  }

  /** Takes what is known as told. */
  markTold(): void {
    this.#changed.clear();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #observe(host: string, collector: string, status: CollectorStatus): void {
    const known = this.#host(host);
    if (known === null) return;
    const before = known.collectors.get(collector);
    if (before === undefined && known.collectors.size >= MAX_COLLECTORS_PER_HOST) return;
    if (before !== undefined && Date.parse(before.last_sample) > Date.parse(status.last_sample)) return;
    known.collectors.set(collector, status);
    if (before?.status !== status.status || before.reason !== status.reason) this.#change(host);
  }

  #host(name: string): KnownHost | null {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    if (this.#hosts.size >= MAX_HOSTS) return null;
    const added: KnownHost = { inventory: null, collectors: new Map() };
    this.#hosts.set(name, added);
    return added;
  }

  #change(host: string): void {
    this.#changed.add(host);
    this.#timer ??= setTimeout(() => this.#tell(), COALESCE_MS);
  }

  #tell(): void {
    this.#timer = null;
    for (const host of this.#changed) {
      const known = this.#hosts.get(host);
      if (known !== undefined) this.#onChange({ host, inventory: known.inventory, status: Object.fromEntries(known.collectors) });
    }
    this.#changed.clear();
  }
}
