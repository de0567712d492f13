import { PerfwatchError, roleSchema, usernameSchema, type Role } from '@perfwatch/contract';
import { z } from 'zod';
import { endSessionsOf } from './session-repository.ts';
import type { Queryable, Store } from './store.ts';

export interface User {
  id: string;
  username: string;
  passwordHash: string;
  role: Role;
  /** Rises whenever the user's sessions end: no log-in that began before starts one afterwards. */
  tokenVersion: number;
  createdAt: Date;
}

export interface NewUser {
  username: string;
  passwordHash: string;
  role: Role;
}

export interface PasswordReplacement {
  /** Replaces the password only while its hash is still this one: two changes at once cannot both win. */
  expectedHash?: string;
  /** The session that goes on; every other one of the user ends. */
  spareSessionId?: string | null;
}

/** What an administrator changes of a user. */
export interface AccountChange {
  role?: Role | undefined;
  passwordHash?: string | undefined;
}

export interface UserRepository {
  count(): Promise<number>;
  /** Every user, by name. */
  list(): Promise<User[]>;
  findById(id: string): Promise<User | null>;
  /** Case-insensitive. */
  findByUsername(username: string): Promise<User | null>;
  /** Throws PerfwatchError('conflict') when the name is taken. */
  create(user: NewUser): Promise<User>;
  /** Makes the user only while there is none at all (safe with several replicas); null when there was one. */
  createFirst(user: NewUser): Promise<User | null>;
  /** Sets the password and ends the user's sessions; returns the user as it is now, null when it is gone or its hash is not the expected one. */
  changePassword(id: string, passwordHash: string, replacement?: PasswordReplacement): Promise<User | null>;
  /** Replaces the hash of the same password, while it is still `expectedHash`; ends nothing. */
  rehash(id: string, hashes: { expectedHash: string; passwordHash: string }): Promise<void>;
  /**
   * Changes role, password or both, and ends the user's sessions; null when the user is gone. Throws PerfwatchError('conflict') when no administrator
   * would be left.
   */
  changeAccount(id: string, change: AccountChange): Promise<User | null>;
  /** Null when the user is gone already. Throws PerfwatchError('conflict') for the last administrator. */
  remove(id: string): Promise<User | null>;
  /** How the user wants to see things, as it was stored; null when the user is gone. */
  preferences(id: string): Promise<Readonly<Record<string, unknown>> | null>;
  /** Sets the keys that `change` has; all as they are then, null when the user is gone. */
  changePreferences(id: string, change: object): Promise<Readonly<Record<string, unknown>> | null>;
}

const COLUMNS = 'id, username, password_hash, role, token_version, created_at';

const INSERT_USER = `INSERT INTO app_user (username, password_hash, role) VALUES ($1, $2, $3)
  ON CONFLICT (lower(username)) DO NOTHING RETURNING ${COLUMNS}`;

/** Serialises the making of the first user over all replicas. Any number will do that nothing else in this database locks. */
const FIRST_USER_LOCK = 7_211_001;

/** Serialises what may take administrators away: two that remove each other at once must not both succeed. */
const ADMINISTRATORS_LOCK = 7_211_002;

const userRowSchema = z
  .object({
    id: z.string(),
    username: z.string(),
    password_hash: z.string(),
    role: roleSchema,
    token_version: z.number().int(),
    created_at: z.date(),
  })
  .transform((row): User => ({
    id: row.id,
    username: row.username,
    passwordHash: row.password_hash,
    role: row.role,
    tokenVersion: row.token_version,
    createdAt: row.created_at,
  }));

const preferencesRowsSchema = z.array(z.object({ preferences: z.record(z.string(), z.unknown()) }));

const uuidSchema = z.guid();

async function findUsers(connection: Queryable, sql: string, parameters: readonly unknown[] = []): Promise<User[]> {
  return z.array(userRowSchema).parse(await connection.query(sql, parameters));
}

async function findPreferences(connection: Queryable, sql: string, parameters: readonly unknown[]) {
  const [row] = preferencesRowsSchema.parse(await connection.query(sql, parameters));
  return row?.preferences ?? null;
}

async function findUser(connection: Queryable, sql: string, parameters: readonly unknown[]): Promise<User | null> {
  const [user] = await findUsers(connection, sql, parameters);
  return user ?? null;
}

async function hasUsers(connection: Queryable): Promise<boolean> {
  return (await connection.query('SELECT 1 FROM app_user LIMIT 1')).length > 0;
}

/** Throws PerfwatchError('conflict') unless there is another administrator than `id`; holds that still until the transaction ends. */
async function keepAnAdministrator(connection: Queryable, id: string): Promise<void> {
  await connection.query('SELECT pg_advisory_xact_lock($1::bigint)', [ADMINISTRATORS_LOCK]);
  const others = await connection.query(`SELECT 1 FROM app_user WHERE role = 'admin' AND id <> $1 LIMIT 1`, [id]);
  if (others.length > 0) return;
  throw new PerfwatchError('conflict', 'This is the last administrator', { hint: 'Make another user an administrator first.' });
}

/** Users in the table `app_user`. */
export function createUserRepository(database: Pick<Store, 'query' | 'transaction'>): UserRepository {
  return {
    async count() {
      const [row] = await database.query<{ users: number }>('SELECT count(*)::int AS users FROM app_user');
      return row?.users ?? 0;
    },

    list: () => findUsers(database, `SELECT ${COLUMNS} FROM app_user ORDER BY lower(username)`),

    async findById(id) {
      if (!uuidSchema.safeParse(id).success) return null;
      return findUser(database, `SELECT ${COLUMNS} FROM app_user WHERE id = $1`, [id]);
    },

    async findByUsername(username) {
      // What no user can be called may hold what PostgreSQL cannot: NUL.
      if (!usernameSchema.safeParse(username).success) return null;
      return findUser(database, `SELECT ${COLUMNS} FROM app_user WHERE lower(username) = lower($1)`, [username]);
    },

    async create({ username, passwordHash, role }) {
      const user = await findUser(database, INSERT_USER, [username, passwordHash, role]);
      if (user === null) throw new PerfwatchError('conflict', `There is a user named ${username} already`);
      return user;
    },

    async createFirst({ username, passwordHash, role }) {
      if (await hasUsers(database)) return null;
      return database.transaction(async (connection) => {
        // In a statement of its own: the next one must take its snapshot after the lock, so that it sees what another replica committed.
        await connection.query('SELECT pg_advisory_xact_lock($1::bigint)', [FIRST_USER_LOCK]);
        if (await hasUsers(connection)) return null;
        return findUser(connection, INSERT_USER, [username, passwordHash, role]);
      });
    },

    changePassword: (id, passwordHash, { expectedHash, spareSessionId = null } = {}) =>
      database.transaction(async (connection) => {
        const changed = await findUser(
          connection,
          `WITH changed AS (
             UPDATE app_user SET password_hash = $2, token_version = token_version + 1
             WHERE id = $1 AND ($3::text IS NULL OR password_hash = $3) RETURNING *
           ) SELECT ${COLUMNS} FROM changed`,
          [id, passwordHash, expectedHash ?? null],
        );
        if (changed !== null) await endSessionsOf(connection, id, spareSessionId);
        return changed;
      }),

    async rehash(id, { expectedHash, passwordHash }) {
      await database.query('UPDATE app_user SET password_hash = $3 WHERE id = $1 AND password_hash = $2', [id, expectedHash, passwordHash]);
    },

    changeAccount: (id, { role, passwordHash }) =>
      database.transaction(async (connection) => {
        const user = await findUser(connection, `SELECT ${COLUMNS} FROM app_user WHERE id = $1`, [id]);
        if (user === null) return null;
        if (user.role === 'admin' && role === 'viewer') await keepAnAdministrator(connection, id);
        const changed = await findUser(
          connection,
          `WITH changed AS (
             UPDATE app_user SET role = coalesce($2, role), password_hash = coalesce($3, password_hash), token_version = token_version + 1
             WHERE id = $1 RETURNING *
           ) SELECT ${COLUMNS} FROM changed`,
          [id, role ?? null, passwordHash ?? null],
        );
        await endSessionsOf(connection, id, null);
        return changed;
      }),

    remove: (id) =>
      database.transaction(async (connection) => {
        const user = await findUser(connection, `SELECT ${COLUMNS} FROM app_user WHERE id = $1`, [id]);
        if (user === null) return null;
        if (user.role === 'admin') await keepAnAdministrator(connection, id);
        await connection.query('DELETE FROM app_user WHERE id = $1', [id]);
        return user;
      }),

    preferences: (id) => findPreferences(database, 'SELECT preferences FROM app_user WHERE id = $1', [id]),

    changePreferences: (id, change) =>
      findPreferences(
        database,
        `WITH changed AS (UPDATE app_user SET preferences = preferences || $2::jsonb WHERE id = $1 RETURNING preferences)
         SELECT preferences FROM changed`,
        [id, JSON.stringify(change)],
      ),
  };
}
