import type { Store } from '@perfwatch/store';

/** Any number that nothing else in this database locks: "RETN" in ASCII. */
const RUN_LOCK = 0x5245544e;
/** The lock's connection does nothing meanwhile, which the server would end after a minute. */
const MAX_RUN = '10min';

/** Does `work` while no other process does; null when one does. The lock ends with the connection, so with this process. */
export function whileLocked<T>(store: Store, work: () => Promise<T>): Promise<T | null> {
  return store.transaction(async (connection) => {
    await connection.query(`SET LOCAL idle_in_transaction_session_timeout = '${MAX_RUN}'`);
    const [lock] = await connection.query<{ taken: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS taken', [RUN_LOCK]);
    return lock?.taken === true ? work() : null;
  });
}
