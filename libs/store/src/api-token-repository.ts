import { PerfwatchError, roleSchema, tokenScopeSchema, type Role, type TokenScope } from '@perfwatch/contract';
import { z } from 'zod';
import type { Store } from './store.ts';

/** A token of a program, without its secret. */
export interface ApiToken {
  id: string;
  userId: string;
  username: string;
  /** Of its owner, now. */
  role: Role;
  name: string;
  scope: TokenScope;
  createdAt: Date;
  /** Null: never. */
  expiresAt: Date | null;
  /** To the minute; null when it never was used. */
  lastUsedAt: Date | null;
}

export interface NewApiTokenRow {
  userId: string;
  name: string;
  scope: TokenScope;
  /** SHA-256 of the secret. */
  tokenHash: Uint8Array;
  expiresAt: Date | null;
}

export interface ApiTokenRepository {
  /** Every token, newest first. */
  list(): Promise<ApiToken[]>;
  /**
   * Null when there is no such user. Forgets tokens that ended a month ago. Throws PerfwatchError('conflict') when the user has a token of that name,
   * or as many as one may have.
   */
  create(token: NewApiTokenRow): Promise<ApiToken | null>;
  findByHash(tokenHash: Uint8Array): Promise<ApiToken | null>;
  /** Notes that it was used now; written at most once a minute. */
  noteUse(id: string): Promise<void>;
  /** What was removed; null when there is no such token. */
  remove(id: string): Promise<ApiToken | null>;
}

/** Tokens of one user. */
export const MAX_TOKENS_PER_USER = 200;

const COLUMNS = `token.id, token.user_id, owner.username, owner.role, token.name, token.scope, token.created_at, token.expires_at, token.last_used_at`;
const FROM = 'FROM api_token token JOIN app_user owner ON owner.id = token.user_id';

const rowSchema = z
  .object({
    id: z.string(),
    user_id: z.string(),
    username: z.string(),
    role: roleSchema,
    name: z.string(),
    scope: tokenScopeSchema,
    created_at: z.date(),
    expires_at: z.date().nullable(),
    last_used_at: z.date().nullable(),
  })
  .transform((row): ApiToken => ({
    id: row.id,
    userId: row.user_id,
    username: row.username,
    role: row.role,
    name: row.name,
    scope: row.scope,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  }));
const rowsSchema = z.array(rowSchema);
const uuidSchema = z.guid();

const INSERT = `INSERT INTO api_token (user_id, name, scope, token_hash, expires_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (user_id, lower(name)) DO NOTHING RETURNING id`;

/** Tokens of programs in the table `api_token`. */
export function createApiTokenRepository(database: Pick<Store, 'query' | 'transaction'>): ApiTokenRepository {
  return {
    list: async () => rowsSchema.parse(await database.query(`SELECT ${COLUMNS} ${FROM} ORDER BY token.created_at DESC, token.id`)),

    create: ({ userId, name, scope, tokenHash, expiresAt }) =>
      database.transaction(async (connection) => {
        if (!uuidSchema.safeParse(userId).success) return null;
        // Locked, so that the user neither goes nor exceeds the bound meanwhile.
        const owner = await connection.query('SELECT 1 FROM app_user WHERE id = $1 FOR UPDATE', [userId]);
        if (owner.length === 0) return null;
        await connection.query(`DELETE FROM api_token WHERE expires_at < now() - interval '30 days'`);
        const [row] = await connection.query<{ tokens: number }>('SELECT count(*)::int AS tokens FROM api_token WHERE user_id = $1', [
          userId,
        ]);
        if ((row?.tokens ?? 0) >= MAX_TOKENS_PER_USER) {
          throw new PerfwatchError('conflict', `A user has at most ${MAX_TOKENS_PER_USER} API tokens`, {
            hint: 'Remove one that is not used any more.',
          });
        }
        const [inserted] = await connection.query<{ id: string }>(INSERT, [userId, name, scope, Buffer.from(tokenHash), expiresAt]);
        if (inserted === undefined)
          throw new PerfwatchError('conflict', `The user has an API token named ${name} already`, { hint: 'Choose another name.' });
        const [created] = rowsSchema.parse(await connection.query(`SELECT ${COLUMNS} ${FROM} WHERE token.id = $1`, [inserted.id]));
        return created ?? null;
      }),

    async findByHash(tokenHash) {
      const [found] = rowsSchema.parse(await database.query(`SELECT ${COLUMNS} ${FROM} WHERE token_hash = $1`, [Buffer.from(tokenHash)]));
      return found ?? null;
    },

    async noteUse(id) {
      await database.query(
        `UPDATE api_token SET last_used_at = now() WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
        [id],
      );
    },

    async remove(id) {
      if (!uuidSchema.safeParse(id).success) return null;
      const [gone] = rowsSchema.parse(
        await database.query(
          `WITH gone AS (DELETE FROM api_token WHERE id = $1 RETURNING *)
           SELECT ${COLUMNS} FROM gone token JOIN app_user owner ON owner.id = token.user_id`,
          [id],
        ),
      );
      return gone ?? null;
    },
  };
}
