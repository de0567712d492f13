/** What to ask the server for, and what no longer. */
export interface WatchChange {
  added: string[];
  removed: string[];
}

/**
 * Hosts watched at once. The server allows a viewer a thousand pairs of host and collector, and six collectors are drawn of each host.
 */
export const MOST_WATCHED = 150;

/** From the hosts that are watched to those that are wanted, of which those named first count where they are too many. */
export function watchChange(watched: ReadonlySet<string>, wanted: readonly string[]): WatchChange {
  const next = new Set(wanted.slice(0, MOST_WATCHED));
  return { added: [...next].filter((host) => !watched.has(host)), removed: [...watched].filter((host) => !next.has(host)) };
}
