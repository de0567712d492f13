/** The contract allows 255; a suffix takes a few. */
const MAX_LENGTH = 250;
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/gu;
/** Names that the contract does not allow. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

/** A name as a Sample can hold it: what cannot be printed is `?`, as ls(1) and df(1) show it, and what is too long is cut. */
export function printableName(name: string): string {
  const cut = name.length > MAX_LENGTH ? `${name.slice(0, MAX_LENGTH - 1)}…` : name;
  const printable = cut.replace(UNPRINTABLE, '?');
  return printable === '' || RESERVED.has(printable) ? `?${printable}` : printable;
}

/** `printableName`, with a number behind it where `isTaken`. */
export function uniqueName(name: string, isTaken: (name: string) => boolean): string {
  const printable = printableName(name);
  let unique = printable;
  for (let nth = 2; isTaken(unique); nth += 1) unique = `${printable} ${nth}`;
  return unique;
}
