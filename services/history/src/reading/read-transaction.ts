import { sqlStateOf, type Queryable, type Store } from '@perfwatch/store';
import type { Deadline } from './deadline.ts';

const CANCELED = '57014';

/**
 * Reads on one connection, each statement with a snapshot of its own: what is sealed meanwhile is seen by the next. Nobody can drop what has
 * been read until the end, so it must not take long: the server ends a statement that outlasts the deadline.
 * Throws PerfwatchError('unavailable') when it does.
 */
export async function inReadTransaction<T>(
  { store, deadline }: { store: Store; deadline: Deadline },
  work: (connection: Queryable) => Promise<T>,
): Promise<T> {
  try {
    return await store.transaction(async (connection) => {
      await connection.query(`SELECT set_config('statement_timeout', $1, true)`, [String(deadline.statementMs())]);
      return work(connection);
    });
  } catch (error) {
    if (sqlStateOf(error) !== CANCELED) throw error;
    throw deadline.exceeded(error);
  }
}
