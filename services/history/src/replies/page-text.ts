/**
 * How large a page gets, in bytes as a string within JSON. NATS takes messages of 1 MB; what is added last may go beyond this, and a cursor
 * of some kilobytes comes on top. For a longer one room has to be left.
 */
const PAGE_BYTES = 880 * 1024;

/** Bytes that a text takes within a JSON string. */
export function wireBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

/** The text of one page, while it is written. */
export class PageText {
  #maxBytes: number;
  #text = '';
  #bytes = 0;

  constructor(maxBytes: number = PAGE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get text(): string {
    return this.#text;
  }

  get isFull(): boolean {
    return this.#bytes >= this.#maxBytes;
  }

  get isEmpty(): boolean {
    return this.#text === '';
  }

  /** What is left until it is full. */
  get roomBytes(): number {
    return this.#maxBytes - this.#bytes;
  }

  /** The page shares its message with so much else. */
  leaveRoom(bytes: number): void {
    this.#maxBytes -= bytes;
  }

  /** `bytes`: as `wireBytes` would say, where it is known already. */
  add(text: string, bytes: number = wireBytes(text)): void {
    this.#text += text;
    this.#bytes += bytes;
  }
}
