/** Rises when processes of one version would not understand those of another. */
const ROOT = 'perfwatch.internal.v1';

/**
 * Between PerfWatch's own processes; not public. Collectors reach the services through these alone, and each only through those of its host.
 * `*` as host subscribes to all.
 */
export const internalSubjects = {
  /** Every process of a host says what it costs, to the others of that host. */
  cost: (host: string) => `${ROOT}.cost.${host}`,
  /** A process of collectors says that it runs, and by which settings. */
  presence: (host: string) => `${ROOT}.presence.${host}`,
  /** The settings of a host, to its collectors. */
  collection: (host: string) => `${ROOT}.collection.${host}`,
  /** Every process of collectors is to say at once that it runs. */
  rollCall: `${ROOT}.roll-call`,
} as const;

/** Begins the inboxes of a host's collectors: nobody else's credentials may listen there. */
export const hostInboxPrefix = (host: string): string => `_INBOX_${host}`;
