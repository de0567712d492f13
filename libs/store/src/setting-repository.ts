import { PerfwatchError } from '@perfwatch/contract';
import { z } from 'zod';
import type { Queryable, Store } from './store.ts';

export interface Setting {
  value: unknown;
  updatedAt: Date;
}

/** Settings as JSON documents by key. */
export interface SettingRepository {
  get(key: string): Promise<Setting | null>;
  /** Stores `value` only while the key is absent; returns what is there afterwards. */
  initialize(key: string, value: unknown): Promise<Setting>;
  /**
   * Replaces the document by what `change` makes of it, under a row lock; returns the new one. What `change` throws leaves the
   * document as it was. Throws PerfwatchError('not_found') when the key was never initialised.
   */
  update(key: string, change: (current: unknown) => unknown): Promise<Setting>;
}

const settingRowSchema = z
  .object({ value: z.unknown(), updated_at: z.date() })
  .transform((row): Setting => ({ value: row.value, updatedAt: row.updated_at }));

async function findSetting(connection: Queryable, sql: string, parameters: readonly unknown[]): Promise<Setting | null> {
  const [row] = await connection.query(sql, parameters);
  return row === undefined ? null : settingRowSchema.parse(row);
}

function present(setting: Setting | null, key: string): Setting {
  if (setting === null) throw new PerfwatchError('not_found', `There is no setting "${key}"`);
  return setting;
}

/** Settings in the table `setting`. */
export function createSettingRepository(database: Pick<Store, 'query' | 'transaction'>): SettingRepository {
  const get = (key: string) => findSetting(database, 'SELECT value, updated_at FROM setting WHERE key = $1', [key]);
  return {
    get,

    async initialize(key, value) {
      await database.query(
        'INSERT INTO setting (key, value, updated_at) VALUES ($1, $2::text::jsonb, now()) ON CONFLICT (key) DO NOTHING',
        [key, JSON.stringify(value)],
      );
      return present(await get(key), key);
    },

    update: (key, change) =>
      database.transaction(async (connection) => {
        const locked = await findSetting(connection, 'SELECT value, updated_at FROM setting WHERE key = $1 FOR UPDATE', [key]);
        const { value } = present(locked, key);
        const changed = await findSetting(
          connection,
          `WITH changed AS (UPDATE setting SET value = $2::text::jsonb, updated_at = clock_timestamp() WHERE key = $1 RETURNING *)
           SELECT value, updated_at FROM changed`,
          [key, JSON.stringify(change(value))],
        );
        return present(changed, key);
      }),
  };
}
