/** What a kernel file's text is not. The only error a parser throws. */
export class ProcfsParseError extends Error {
  override readonly name = 'ProcfsParseError';
  /** The file as kernel documents name it: `/proc/stat`. */
  readonly file: string;

  constructor(file: string, fault: string) {
    super(`${file}: ${fault}`);
    this.file = file;
  }
}

const MAX_SHOWN_CHARACTERS = 40;

/** A part of a file as an error shows it: short and on one line. */
export function shown(text: string): string {
  return JSON.stringify(text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}...` : text);
}
