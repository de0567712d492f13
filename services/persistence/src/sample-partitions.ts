import { createPartition, listPartitions, PARTITION_LOCK, PARTITION_MS, partitionStart, type Store } from '@perfwatch/store';

/** Made before they are needed: an outage of the job shorter than this costs ingestion nothing. */
const HOURS_AHEAD = 6;

/** The hourly partitions of `sample`: made ahead and on demand. Retention drops them. Any number of replicas may run. */
export class SamplePartitions {
  readonly #store: Store;
  /** Hours known to have been there. Bounded: replaced whenever one is made, at the latest with the next hour. */
  #known = new Set<number>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Makes the partitions that `times` (milliseconds) need and that are not there. */
  async ensure(times: Iterable<number>): Promise<void> {
    const missing = new Set<number>();
    for (const tsMs of times) {
      const start = partitionStart(tsMs);
      if (!this.#known.has(start)) missing.add(start);
    }
    if (missing.size === 0) return;
    this.#known = await this.#store.transaction(async (connection) => {
      await connection.query('SELECT pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
      const present = await listPartitions(connection);
      for (const start of missing) {
        if (present.has(start)) continue;
        await createPartition(connection, start);
        present.add(start);
      }
      return present;
    });
  }

  /** Makes the hours ahead of `nowMs`. */
  makeAhead(nowMs: number): Promise<void> {
    return this.ensure(Array.from({ length: HOURS_AHEAD + 1 }, (_, hour) => nowMs + hour * PARTITION_MS));
  }

  /** Forgets what it knows, after an insert found no partition: retention dropped it. */
  forget(): void {
    this.#known = new Set();
  }
}
