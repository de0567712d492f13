import { ProcfsParseError } from './parse-error.ts';

const NEWLINE = 10;
const BLANK = 32;
/** The state is the fourth word: `sl local_address rem_address st`. */
const STATE_WORD = 4;
/** States of enum tcp_states: 1 is ESTABLISHED, 13 the last one. */
const STATE_SLOTS = 16;
const NOT_HEX = 255;

/** Value of each byte as an upper-case hexadecimal digit. */
const HEX_DIGITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = '0123456789ABCDEF'.indexOf(String.fromCharCode(byte));
  return value === -1 ? NOT_HEX : value;
});

/** Sockets of /proc/net/tcp or tcp6 by state. */
export interface TcpStates {
  readonly established: number;
  readonly timeWait: number;
  readonly closeWait: number;
  readonly listen: number;
}

/**
 * Counts the states in /proc/net/tcp or tcp6 as it comes, in pieces cut anywhere: 100,000 sockets are 15 MB of text, so nothing of it
 * is kept and no string made. See proc_net(5).
 */
export class TcpStateParser {
  readonly #states = new Uint32Array(STATE_SLOTS);
  #line = 0;
  /** Words of this line that have begun. */
  #word = 0;
  #isInWord = false;
  #state = 0;
  #digits = 0;

  /** Takes the next piece. Throws ProcfsParseError at a line that has no state. */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#word > STATE_WORD) {
        const newline = bytes.indexOf(NEWLINE, at);
        if (newline === -1) return;
        at = newline;
      }
      this.#take(bytes[at] ?? NEWLINE);
      at += 1;
    }
  }

  /** What was counted. Throws ProcfsParseError when that was no whole file. */
  end(): TcpStates {
    if (this.#line === 0 || this.#word > 0) throw this.#fault('is not a whole line');
    const [, established = 0, , , , , timeWait = 0, , closeWait = 0, , listen = 0] = this.#states;
    return { established, timeWait, closeWait, listen };
  }

  #take(byte: number): void {
    if (byte === NEWLINE) {
      this.#endLine();
    } else if (byte === BLANK) {
      if (this.#isInWord && this.#word === STATE_WORD) this.#word += 1;
      this.#isInWord = false;
    } else {
      if (!this.#isInWord) this.#word += 1;
      this.#isInWord = true;
      if (this.#word === STATE_WORD) this.#takeDigit(byte);
    }
  }

  #takeDigit(byte: number): void {
    this.#state = this.#state * STATE_SLOTS + (HEX_DIGITS[byte] ?? NOT_HEX);
    this.#digits += 1;
  }

  #endLine(): void {
    const isState = this.#digits === 2 && this.#state > 0 && this.#state < STATE_SLOTS;
    // The first line is the header, in which the fourth word is "st".
    if (isState === (this.#line === 0)) throw this.#fault(this.#line === 0 ? 'is not a header' : 'has no state');
    if (isState) this.#states[this.#state] = (this.#states[this.#state] ?? 0) + 1;
    this.#line += 1;
    this.#word = 0;
    this.#isInWord = false;
    this.#state = 0;
    this.#digits = 0;
  }

  #fault(fault: string): ProcfsParseError {
    return new ProcfsParseError('/proc/net/tcp', `line ${this.#line + 1} ${fault}`);
  }
}

/** Parses a whole /proc/net/tcp or tcp6. Throws ProcfsParseError. */
export function parseNetTcp(text: string): TcpStates {
  const parser = new TcpStateParser();
  parser.push(Buffer.from(text));
  return parser.end();
}
