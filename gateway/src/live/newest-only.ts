/** Events held for one viewer: one for each collector it watches, and for each host. */
const MAX_HELD = 2000;

export interface HeldEvent {
  /** A later event with the same key takes its place. */
  key: string;
  /** Whether its loss is told to the viewer. */
  isSample: boolean;
  send: () => void;
}

/** What a viewer that does not keep up will be sent when it does: the newest of each kind, and how many Samples it missed. */
export class NewestOnly {
  readonly #held = new Map<string, HeldEvent>();
  #missed = 0;

  get size(): number {
    return this.#held.size;
  }

  hold(event: HeldEvent): void {
    this.#drop(event.key);
    const oldest = this.#held.size < MAX_HELD ? undefined : this.#held.keys().next().value;
    if (oldest !== undefined) this.#drop(oldest);
    this.#held.set(event.key, event);
  }

  /** Sends what is held, oldest first; returns how many Samples were left out. */
  release(): number {
    for (const { send } of this.#held.values()) send();
    this.#held.clear();
    const missed = this.#missed;
    this.#missed = 0;
    return missed;
  }

  #drop(key: string): void {
    if (this.#held.get(key)?.isSample === true) this.#missed++;
    this.#held.delete(key);
  }
}
