import { ProcfsParseError, shown } from './parse-error.ts';

const ZERO = 48;
const NINE = 57;
const SPACE = 32;
const TAB = 9;
/** Counters are 64 bits wide at most. Above 2 ** 53 a double is off by less than one part in 10 ** 15, which no rate shows. */
const MAX_COUNT = 2 ** 64;

const isBlank = (code: number) => code === SPACE || code === TAB;

/** A part of a kernel file: `text` from `start` up to but without `end`. */
export interface TextRange {
  readonly file: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The decimal counts of a range, separated by blanks, at most `limit` of them. By character code because the file of a large
 * machine holds ten thousands: splitting and Number() take three times as long.
 * Throws ProcfsParseError at anything but digits and blanks, and at more than 64 bits.
 */
export function parseCounts({ file, text, start, end }: TextRange, limit = Number.POSITIVE_INFINITY): number[] {
  const counts: number[] = [];
  let at = start;
  while (at < end && counts.length < limit) {
    const first = text.charCodeAt(at);
    if (isBlank(first)) {
      at += 1;
      continue;
    }
    let count = 0;
    const begin = at;
    for (; at < end; at += 1) {
      const code = text.charCodeAt(at);
      if (code < ZERO || code > NINE) break;
      count = count * 10 + (code - ZERO);
    }
    const next = at < end ? text.charCodeAt(at) : SPACE;
    if (at === begin || count > MAX_COUNT || !isBlank(next)) {
      throw new ProcfsParseError(file, `${shown(text.slice(begin, end))} does not begin with a count`);
    }
    counts.push(count);
  }
  return counts;
}

/**
 * The one decimal count of a range, with blanks around it at most; null when the range is anything else. Allocates nothing: a tick
 * reads some hundreds of them.
 */
export function parseCount(text: string, start: number, end: number): number | null {
  let at = start;
  let last = end;
  while (at < last && isBlank(text.charCodeAt(at))) at += 1;
  while (last > at && isBlank(text.charCodeAt(last - 1))) last -= 1;
  if (at === last) return null;
  let count = 0;
  for (; at < last; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return null;
    count = count * 10 + digit;
  }
  return count > MAX_COUNT ? null : count;
}

/** Calls `onLine` with the bounds of every line that has text. */
export function forEachLine(text: string, onLine: (start: number, end: number) => void): void {
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    if (end > start) onLine(start, end);
    start = end + 1;
  }
}
