import { roleSchema, type Role } from '@perfwatch/contract';
import { z } from 'zod';
import type { Queryable, Store } from './store.ts';

/** A log-in, with the refresh tokens that came of it. */
export interface LoginSession {
  id: string;
  userId: string;
  username: string;
  /** Of its user, now. */
  role: Role;
  startedAt: Date;
  /** To the minute. */
  lastUsedAt: Date;
  /** It ends then at the latest, and before that when nobody uses it for `SESSION_IDLE_MS`. */
  expiresAt: Date;
  /** Where it was started or last renewed from. */
  address: string;
  /** The program, as people call it; null when it did not say. */
  client: string | null;
  /** Whether it has refresh tokens. */
  isRenewable: boolean;
}

/** What is kept of a refresh token: SHA-256 of the part that all tokens of a session share, and of the part that each has of its own. */
export interface RefreshHashes {
  familyHash: Uint8Array;
  secretHash: Uint8Array;
}

export interface NewLoginSession {
  userId: string;
  /** As it was when the password was checked: whatever ended every session of the user since then stops this one as well. */
  tokenVersion: number;
  at: Date;
  expiresAt: Date;
  address: string;
  client: string | null;
  /** Null for a session that cannot be renewed. */
  refresh: RefreshHashes | null;
}

/** Takes one refresh token for the next. */
export interface Rotation extends RefreshHashes {
  nextHash: Uint8Array;
  /** With it the next secret can be told from this one. */
  salt: Uint8Array;
  at: Date;
  address: string;
}

/** A session by its refresh tokens, live or not. */
export interface RefreshFamily {
  session: LoginSession;
  secretHash: Uint8Array;
  /** The last rotation; null before the first. */
  lastRotation: { previousHash: Uint8Array; salt: Uint8Array; at: Date } | null;
}

export interface SessionRepository {
  /** Null when the user is gone, or the token version is another. What was used longest ago makes room where a user has too many. */
  start(session: NewLoginSession): Promise<LoginSession | null>;
  /** Null when there is no such session, or no longer. */
  find(id: string, at: Date): Promise<LoginSession | null>;
  /** One statement decides between two at the same time; null when the token is not the newest of a live session. */
  rotate(rotation: Rotation): Promise<LoginSession | null>;
  findFamily(familyHash: Uint8Array): Promise<RefreshFamily | null>;
  /** The live sessions of a user: those that can be renewed first, then by last use, newest first; `LISTED_SESSIONS` at most. */
  list(userId: string, at: Date): Promise<LoginSession[]>;
  /** Notes that they are in use; written at most once a minute. */
  noteUse(ids: readonly string[], at: Date): Promise<void>;
  /** Those of `ids` that are neither a live session nor an API token that is valid. */
  findEnded(ids: readonly string[], at: Date): Promise<string[]>;
  /** False when the user has no such session. */
  end(session: { id: string; userId: string }): Promise<boolean>;
  /** Deletes sessions that are over, `limit` at most; how many. */
  removeExpired(limit: number, at: Date): Promise<number>;
}

const DAY_MS = 24 * 3_600_000;
/** How long a session that nobody uses goes on. */
export const SESSION_IDLE_MS = 7 * DAY_MS;
/** Sessions of one user that can be renewed: browsers. */
export const MAX_RENEWABLE_SESSIONS = 100;
/** The others, which last a day: room for a script that logs in once a minute. */
export const MAX_BEARER_SESSIONS = 2000;
export const LISTED_SESSIONS = 200;

const COLUMNS = `session.id, session.user_id, owner.username, owner.role, session.started_at, session.last_used_at, session.expires_at,
  session.address, session.client, session.family_hash IS NOT NULL AS is_renewable`;
const WITH_OWNER = 'JOIN app_user owner ON owner.id = session.user_id';
const IDLE = `interval '${SESSION_IDLE_MS} milliseconds'`;

/** Whether a session goes on at a time, given as a parameter. */
const isLive = (at: string): string => `session.expires_at > ${at}::timestamptz AND session.last_used_at > ${at}::timestamptz - ${IDLE}`;

const rowSchema = z
  .object({
    id: z.string(),
    user_id: z.string(),
    username: z.string(),
    role: roleSchema,
    started_at: z.date(),
    last_used_at: z.date(),
    expires_at: z.date(),
    address: z.string(),
    client: z.string().nullable(),
    is_renewable: z.boolean(),
  })
  .transform((row): LoginSession => ({
    id: row.id,
    userId: row.user_id,
    username: row.username,
    role: row.role,
    startedAt: row.started_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    address: row.address,
    client: row.client,
    isRenewable: row.is_renewable,
  }));
const rowsSchema = z.array(rowSchema);

const bytesSchema = z.instanceof(Uint8Array);
const familyRowsSchema = z.array(
  z.object({
    secret_hash: bytesSchema,
    previous_hash: bytesSchema.nullable(),
    rotation_salt: bytesSchema.nullable(),
    rotated_at: z.date().nullable(),
  }),
);
const idRowsSchema = z.array(z.object({ id: z.string() }));
const isUuid = (text: string): boolean => z.guid().safeParse(text).success;

const MAKE_ROOM = `DELETE FROM login_session WHERE id IN (
  SELECT id FROM login_session WHERE user_id = $1 AND (family_hash IS NOT NULL) = $2 ORDER BY last_used_at DESC, id OFFSET $3)`;

const INSERT = `WITH session AS (
  INSERT INTO login_session (user_id, started_at, last_used_at, expires_at, address, client, family_hash, secret_hash)
  VALUES ($1, $2, $2, $3, $4, $5, $6, $7) RETURNING *
) SELECT ${COLUMNS} FROM session ${WITH_OWNER}`;

const ROTATE = `WITH session AS (
  UPDATE login_session session SET previous_hash = secret_hash, secret_hash = $3, rotation_salt = $4, rotated_at = $5, last_used_at = $5, address = $6
  WHERE family_hash = $1 AND secret_hash = $2 AND ${isLive('$5')} RETURNING *
) SELECT ${COLUMNS} FROM session ${WITH_OWNER}`;

const FIND_ENDED = `SELECT given.id FROM unnest($1::uuid[]) AS given (id)
  WHERE NOT EXISTS (SELECT 1 FROM login_session session WHERE session.id = given.id AND ${isLive('$2')})
    AND NOT EXISTS (SELECT 1 FROM api_token token WHERE token.id = given.id AND (token.expires_at IS NULL OR token.expires_at > $2::timestamptz))`;

async function findSession(connection: Queryable, sql: string, parameters: readonly unknown[]): Promise<LoginSession | null> {
  const [session] = rowsSchema.parse(await connection.query(sql, parameters));
  return session ?? null;
}

/** Ends the sessions of a user, but one. What calls it must hold the user's row, so that none is started meanwhile. */
export async function endSessionsOf(connection: Queryable, userId: string, spareId: string | null): Promise<void> {
  await connection.query('DELETE FROM login_session WHERE user_id = $1 AND id::text IS DISTINCT FROM $2::text', [userId, spareId]);
}

/** Sessions in the table `login_session`. */
export function createSessionRepository(database: Pick<Store, 'query' | 'transaction'>): SessionRepository {
  return {
    start: ({ userId, tokenVersion, at, expiresAt, address, client, refresh }) =>
      database.transaction(async (connection) => {
        const owner = 'SELECT 1 FROM app_user WHERE id = $1 AND token_version = $2 FOR UPDATE';
        if ((await connection.query(owner, [userId, tokenVersion])).length === 0) return null;
        const room = (refresh === null ? MAX_BEARER_SESSIONS : MAX_RENEWABLE_SESSIONS) - 1;
        await connection.query(MAKE_ROOM, [userId, refresh !== null, room]);
        const hashes = refresh === null ? [null, null] : [Buffer.from(refresh.familyHash), Buffer.from(refresh.secretHash)];
        return findSession(connection, INSERT, [userId, at, expiresAt, address, client, ...hashes]);
      }),

    async find(id, at) {
      if (!isUuid(id)) return null;
      return findSession(database, `SELECT ${COLUMNS} FROM login_session session ${WITH_OWNER} WHERE session.id = $1 AND ${isLive('$2')}`, [
        id,
        at,
      ]);
    },

    rotate: ({ familyHash, secretHash, nextHash, salt, at, address }) => {
      const bytes = [familyHash, secretHash, nextHash, salt].map((part) => Buffer.from(part));
      return findSession(database, ROTATE, [...bytes, at, address]);
    },

    async findFamily(familyHash) {
      const sql = `SELECT ${COLUMNS}, session.secret_hash, session.previous_hash, session.rotation_salt, session.rotated_at
        FROM login_session session ${WITH_OWNER} WHERE session.family_hash = $1`;
      const rows = await database.query(sql, [Buffer.from(familyHash)]);
      const [session] = rowsSchema.parse(rows);
      const [row] = familyRowsSchema.parse(rows);
      if (session === undefined || row === undefined) return null;
      const { secret_hash: secretHash, previous_hash: previousHash, rotation_salt: salt, rotated_at: at } = row;
      return {
        session,
        secretHash,
        lastRotation: previousHash === null || salt === null || at === null ? null : { previousHash, salt, at },
      };
    },

    list: async (userId, at) =>
      rowsSchema.parse(
        await database.query(
          `SELECT ${COLUMNS} FROM login_session session ${WITH_OWNER} WHERE session.user_id = $1 AND ${isLive('$2')}
           ORDER BY is_renewable DESC, session.last_used_at DESC, session.id LIMIT ${LISTED_SESSIONS}`,
          [userId, at],
        ),
      ),

    async noteUse(ids, at) {
      await database.query(
        `UPDATE login_session session SET last_used_at = $2
         WHERE id = ANY ($1::uuid[]) AND last_used_at < $2::timestamptz - interval '1 minute' AND ${isLive('$2')}`,
        [ids.filter(isUuid), at],
      );
    },

    async findEnded(ids, at) {
      const ended = idRowsSchema.parse(await database.query(FIND_ENDED, [ids.filter(isUuid), at]));
      return [...ended.map(({ id }) => id), ...ids.filter((id) => !isUuid(id))];
    },

    async end({ id, userId }) {
      if (!isUuid(id)) return false;
      const sql = 'WITH gone AS (DELETE FROM login_session WHERE id = $1 AND user_id = $2 RETURNING id) SELECT id FROM gone';
      return (await database.query(sql, [id, userId])).length > 0;
    },

    async removeExpired(limit, at) {
      const sql = `WITH gone AS (
        DELETE FROM login_session WHERE id IN (SELECT id FROM login_session session WHERE NOT (${isLive('$2')}) LIMIT $1 FOR UPDATE SKIP LOCKED)
        RETURNING id
      ) SELECT id FROM gone`;
      return (await database.query(sql, [limit, at])).length;
    },
  };
}
