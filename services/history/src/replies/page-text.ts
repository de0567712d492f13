import { NUMBER_BYTES, writeNumber } from './number-text.ts';

/**
 * How large a page gets, in bytes as a string within JSON. NATS takes messages of 1 MB; what is added last may go beyond this, and a cursor
 * of some kilobytes comes on top. For a longer one room has to be left.
 */
const PAGE_BYTES = 880 * 1024;

/** Bytes that a text takes within a JSON string. */
export function wireBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

const FIRST_BYTES = 64 * 1024;
/** Shorter ones are copied faster byte by byte. */
const LONG_BYTES = 24;

/** The text of one page, while it is written. */
export class PageText {
  #maxBytes: number;
  #out = Buffer.allocUnsafe(FIRST_BYTES);
  #end = 0;
  /** As a string within JSON. */
  #bytes = 0;

  constructor(maxBytes: number = PAGE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get text(): string {
    return this.#out.toString('utf8', 0, this.#end);
  }

  get isFull(): boolean {
    return this.#bytes >= this.#maxBytes;
  }

  get isEmpty(): boolean {
    return this.#end === 0;
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
    this.#reserve(3 * text.length);
    this.#end += this.#out.write(text, this.#end);
    this.#bytes += bytes;
  }

  /** A piece of text that has been encoded before. */
  addPiece({ encoded, bytes }: TextPiece): void {
    const { length } = encoded;
    this.#reserve(length);
    const out = this.#out;
    const at = this.#end;
    if (length > LONG_BYTES) out.set(encoded, at);
    else for (let index = 0; index < length; index += 1) out[at + index] = encoded[index] ?? 0;
    this.#end = at + length;
    this.#bytes += bytes;
  }

  addNumber(value: number): void {
    this.#reserve(NUMBER_BYTES);
    const end = writeNumber(this.#out, this.#end, value);
    this.#bytes += end - this.#end;
    this.#end = end;
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes > this.#out.length) this.#grow(bytes);
  }

  #grow(bytes: number): void {
    const grown = Buffer.allocUnsafe(2 * (this.#out.length + bytes));
    this.#out.copy(grown, 0, 0, this.#end);
    this.#out = grown;
  }
}

/** A text that is written again and again. */
export interface TextPiece {
  encoded: Uint8Array;
  /** As `wireBytes` says. */
  bytes: number;
}

export function textPiece(text: string): TextPiece {
  return { encoded: Buffer.from(text), bytes: wireBytes(text) };
}
