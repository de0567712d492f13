import { PerfwatchError, roleSchema, usernameSchema, type Role } from '@perfwatch/contract';
import { z } from 'zod';
import type { Queryable, Store } from './store.ts';

export interface User {
  id: string;
  username: string;
  passwordHash: string;
  role: Role;
  /** Rises whenever all of the user's tokens end; a token carries the version it was made under. */
  tokenVersion: number;
  /** The one token (jti) that outlived the last rise of `tokenVersion`: the one its owner changed the password with. */
  sparedTokenId: string | null;
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
  /** The token (jti) that goes on working; every other one ends. */
  spareTokenId?: string;
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
  /** Sets the password and raises the token version; returns the user as it is now, null when it is gone or its hash is not the expected one. */
  changePassword(id: string, passwordHash: string, replacement?: PasswordReplacement): Promise<User | null>;
  /** Ends one token by its id (jti) until it would have expired anyway. Forgets the tokens that have expired since. */
  revokeToken(tokenId: string, expiresAt: Date): Promise<void>;
  isTokenRevoked(tokenId: string): Promise<boolean>;
}

const COLUMNS = 'id, username, password_hash, role, token_version, spared_token_id, created_at';

const INSERT_USER = `INSERT INTO app_user (username, password_hash, role) VALUES ($1, $2, $3)
  ON CONFLICT (lower(username)) DO NOTHING RETURNING ${COLUMNS}`;

/** Serialises the making of the first user over all replicas. Any number will do that nothing else in this database locks. */
const FIRST_USER_LOCK = 7_211_001;

const userRowSchema = z
  .object({
    id: z.string(),
    username: z.string(),
    password_hash: z.string(),
    role: roleSchema,
    token_version: z.number().int(),
    spared_token_id: z.string().nullable(),
    created_at: z.date(),
  })
  .transform((row): User => ({
    id: row.id,
    username: row.username,
    passwordHash: row.password_hash,
    role: row.role,
    tokenVersion: row.token_version,
    sparedTokenId: row.spared_token_id,
    createdAt: row.created_at,
  }));

const uuidSchema = z.guid();

async function findUsers(connection: Queryable, sql: string, parameters: readonly unknown[] = []): Promise<User[]> {
  return z.array(userRowSchema).parse(await connection.query(sql, parameters));
}

async function findUser(connection: Queryable, sql: string, parameters: readonly unknown[]): Promise<User | null> {
  const [user] = await findUsers(connection, sql, parameters);
  return user ?? null;
}

async function hasUsers(connection: Queryable): Promise<boolean> {
  return (await connection.query('SELECT 1 FROM app_user LIMIT 1')).length > 0;
}

/** Users and ended tokens in the tables `app_user` and `revoked_token`. */
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

    changePassword: (id, passwordHash, { expectedHash, spareTokenId } = {}) =>
      findUser(
        database,
        `WITH changed AS (
           UPDATE app_user SET password_hash = $2, token_version = token_version + 1, spared_token_id = $3
           WHERE id = $1 AND ($4::text IS NULL OR password_hash = $4) RETURNING *
         ) SELECT ${COLUMNS} FROM changed`,
        [id, passwordHash, spareTokenId ?? null, expectedHash ?? null],
      ),

    async revokeToken(tokenId, expiresAt) {
      await database.query(
        `WITH expired AS (DELETE FROM revoked_token WHERE expires_at < now() AND token_id <> $1)
         INSERT INTO revoked_token (token_id, expires_at) VALUES ($1, $2) ON CONFLICT (token_id) DO NOTHING`,
        [tokenId, expiresAt],
      );
    },

    async isTokenRevoked(tokenId) {
      return (await database.query('SELECT 1 FROM revoked_token WHERE token_id = $1', [tokenId])).length > 0;
    },
  };
}
