/** Most bytes kept, as estimated by those who put them there. */
export const CACHE_BYTES = 64 * 1024 * 1024;
/** What an entry costs beside its arrays. */
const ENTRY_BYTES = 200;

/** Something decoded, and about how much memory it takes. It may grow while it is used: `bytes` is read again whenever it is. */
export interface Block {
  readonly bytes: number;
}

interface Entry {
  block: Block;
  bytes: number;
}

/** Decoded blocks by a key that changes with their content. The least recently used go when there are more bytes than the bound. */
export class BlockCache {
  readonly #maxBytes: number;
  // In the order in which they were used: a Map keeps that of insertion.
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(maxBytes: number = CACHE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The block of that key if it is of the given kind. */
  get<T extends Block>(key: string, kind: abstract new (...parts: never[]) => T): T | null {
    const entry = this.#entries.get(key);
    if (entry === undefined || !(entry.block instanceof kind)) return null;
    this.#keep(key, entry.block);
    return entry.block;
  }

  set(key: string, block: Block): void {
    this.#keep(key, block);
  }

  delete(key: string): void {
    this.#remove(key);
  }

  #keep(key: string, block: Block): void {
    this.#remove(key);
    const bytes = block.bytes + ENTRY_BYTES + 2 * key.length;
    if (bytes > this.#maxBytes) return;
    this.#entries.set(key, { block, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}
