const FIRST_MS = 500;
const LONGEST_MS = 20_000;

/** Wait before the `attempt`th try (from 1): doubles up to 20 s, between half and the whole of it so that many pages do not return at once. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 10));
  return Math.round(whole * (0.5 + random() / 2));
}
