/** Where a command shows what goes on: a terminal, a pipe or a file. */
export interface Screen {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
  /** Its end was closed by whoever read it. */
  once(event: 'error', listener: () => void): unknown;
  off(event: 'error', listener: () => void): unknown;
}

/** Resolves when `signal` is aborted, or when nobody reads the screen any more, as with `| head`. */
export function shownUntil(screen: Screen, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      screen.off('error', end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    if (signal.aborted) resolve();
    screen.once('error', end);
    signal.addEventListener('abort', end, { once: true });
  });
}

/** Text of others without what a terminal would obey: control characters and those that turn the direction of writing. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\u{fffd}');
