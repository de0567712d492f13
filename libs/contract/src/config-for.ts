import type { CollectionConfig, Config } from './config.ts';

export const MIN_INTERVAL_MS = 100;
export const MAX_INTERVAL_MS = 60_000;
export const DEFAULT_INTERVAL_MS = 1000;

/** What `host` runs by: its own settings over the defaults. */
export function configFor(config: Config, host: string): CollectionConfig {
  const own = config.hosts[host];
  return {
    interval_ms: own?.interval_ms ?? config.interval_ms,
    collectors: { ...config.collectors, ...own?.collectors },
  };
}
