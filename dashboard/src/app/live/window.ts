/** The windows a live page can show, in milliseconds. */
export const WINDOWS = [
  { label: '1m', name: '1 minute', value: 60_000 },
  { label: '5m', name: '5 minutes', value: 300_000 },
  { label: '15m', name: '15 minutes', value: 900_000 },
  { label: '60m', name: '60 minutes', value: 3_600_000 },
] as const;

export const DEFAULT_WINDOW_MS = 300_000;

const BUCKETS_MS = [100, 200, 500, 1000, 2000, 5000, 10_000] as const;
/** More points than this across a chart cannot be told apart. */
const MOST_POINTS = 720;

/** What one point of a chart stands for: the smallest round step that keeps a window within what can be seen. */
export function bucketFor(windowMs: number): number {
  return BUCKETS_MS.find((bucketMs) => windowMs / bucketMs <= MOST_POINTS) ?? 10_000;
}

/** Rows kept per collector: twice the window, so that a paused page keeps what it shows while as much again arrives. */
export function rowsFor(windowMs: number): number {
  return Math.ceil((2 * windowMs) / bucketFor(windowMs));
}

/** The window that an address names, such as `15m`; null where there is no such. */
export function windowNamed(label: string | undefined): number | null {
  return WINDOWS.find((window) => window.label === label)?.value ?? null;
}

/** How an address names a window. */
export function windowLabel(windowMs: number): string | null {
  return WINDOWS.find(({ value }) => value === windowMs)?.label ?? null;
}

/** The next longer (`step` 1) or shorter (-1) window; the same at the ends. */
export function nextWindow(windowMs: number, step: -1 | 1): number {
  const index = WINDOWS.findIndex(({ value }) => value === windowMs);
  return WINDOWS[index + step]?.value ?? windowMs;
}
