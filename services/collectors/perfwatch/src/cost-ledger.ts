import type { ProcessCost } from '@perfwatch/service-kit';

/** Processes and collectors of one host that are remembered. */
const MAX_ENTRIES = 256;
/** A process or collector that missed this many of its intervals, and a grace, is gone. */
const MISSED_INTERVALS = 3;
const GRACE_MS = 2000;

type CollectorCost = ProcessCost['collectors'][string];

export interface HostCosts {
  processes: [name: string, cost: ProcessCost][];
  collectors: [name: string, cost: CollectorCost][];
}

interface Noted<T> {
  cost: T;
  goneAtMs: number;
}

/** The latest cost of each PerfWatch process and collector of this host, for as long as they report it. */
export class CostLedger {
  readonly #now: () => number;
  readonly #processes = new Map<string, Noted<ProcessCost>>();
  readonly #collectors = new Map<string, Noted<CollectorCost>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  note(cost: ProcessCost): void {
    const goneAtMs = this.#now() + MISSED_INTERVALS * cost.interval_ms + GRACE_MS;
    keep(this.#processes, cost.process, { cost, goneAtMs });
    for (const [name, collector] of Object.entries(cost.collectors)) keep(this.#collectors, name, { cost: collector, goneAtMs });
  }

  current(): HostCosts {
    return { processes: present(this.#processes, this.#now()), collectors: present(this.#collectors, this.#now()) };
  }
}

function keep<T>(entries: Map<string, Noted<T>>, name: string, noted: Noted<T>): void {
  if (entries.has(name) || entries.size < MAX_ENTRIES) entries.set(name, noted);
}

function present<T>(entries: Map<string, Noted<T>>, nowMs: number): [string, T][] {
  for (const [name, { goneAtMs }] of entries) if (goneAtMs < nowMs) entries.delete(name);
  return [...entries].map(([name, { cost }]) => [name, cost]);
}
