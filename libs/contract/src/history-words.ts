export const AGGREGATES = ['avg', 'min', 'max'] as const;

/** Most points of each host in one reply, and how many there are without a limit. */
export const MAX_POINTS = 10_000;
export const DEFAULT_POINTS = 1000;
/** Most hosts in one query. */
export const MAX_HISTORY_HOSTS = 100;

/** The stored resolutions, finest first. */
export const RESOLUTIONS = ['raw', '1m', '1h'] as const;

export const EXPORT_FORMATS = ['csv', 'ndjson'] as const;

export const COMPARE_PERIODS = ['hour', 'day', 'week'] as const;
export const COMPARE_TO = ['yesterday', 'last_week', 'previous'] as const;

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `5s`, `1m`, `1h` in milliseconds; null for `auto` and `raw`. */
export function intervalToMs(interval: string): number | null {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(interval);
  return match === null ? null : Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}
