import { AUDIT_ACTIONS, type Actor, type AuditAction } from '@perfwatch/contract';
import { z } from 'zod';
import type { Queryable } from './store.ts';

/** Something that happened, before it is written. */
export interface NewAuditEvent {
  action: AuditAction;
  /** Null where nobody is known: a failed log-in, the command line. */
  by: Actor | null;
  /** Where nobody is known: where the request came from, if that is known. */
  address?: string | null;
  target: string | null;
  /** No secrets. Cut where it is longer than MAX_DETAILS_BYTES as JSON. */
  details?: Readonly<Record<string, unknown>>;
  /** Default: now, by the database's clock. */
  at?: Date;
}

/** Something that happened, as it was written. */
export interface StoredAuditEvent {
  /** Rises with every event. */
  id: number;
  at: Date;
  action: AuditAction;
  actor: Omit<Actor, 'address'> | null;
  address: string | null;
  target: string | null;
  details: Readonly<Record<string, unknown>>;
}

export interface AuditEventQuery {
  limit: number;
  /** Only events with a smaller id. */
  before?: number | undefined;
  action?: AuditAction | undefined;
  /** Who did it, by name, case-insensitive. */
  actor?: string | undefined;
}

export interface ExpiryBounds {
  /** Older events go. */
  before: Date;
  /** Most events of one action; the oldest beyond it go, so that a flood of one kind drives out no other. */
  maxPerAction: number;
  /** Most events that one call deletes by each rule: it holds their locks for as long as it takes. */
  batch: number;
}

/** The audit trail. */
export interface AuditEventRepository {
  write(event: NewAuditEvent): Promise<void>;
  /** Newest first. */
  list(query: AuditEventQuery): Promise<StoredAuditEvent[]>;
  /** Deletes a batch of what need not be kept; how many went. To be called again until it says 0. */
  expire(bounds: ExpiryBounds): Promise<number>;
}

/** Of the details of one event as JSON: the largest that PerfWatch itself writes, a change of the settings, has some 2 kB. */
export const MAX_DETAILS_BYTES = 4096;
const MAX_TARGET_LENGTH = 256;

const rowsSchema = z.array(
  z
    .object({
      // The driver gives 64-bit numbers as text; this one takes a thousand events a second for 285,000 years.
      id: z.coerce.number().int(),
      at: z.date(),
      action: z.enum(AUDIT_ACTIONS),
      user_id: z.string().nullable(),
      username: z.string().nullable(),
      api_token_id: z.string().nullable(),
      address: z.string().nullable(),
      target: z.string().nullable(),
      details: z.record(z.string(), z.unknown()),
    })
    .transform(({ user_id: userId, username, api_token_id: apiTokenId, ...event }): StoredAuditEvent => ({
      ...event,
      actor: userId === null || username === null ? null : { userId, username, apiTokenId },
    })),
);

const INSERT = `INSERT INTO audit_event (at, action, user_id, username, api_token_id, address, target, details)
  VALUES (coalesce($1, clock_timestamp()), $2, $3, $4, $5, $6, $7, $8::text::jsonb)`;

const SELECT = `SELECT id, at, action, user_id, username, api_token_id, address, target, details FROM audit_event
  WHERE ($2::bigint IS NULL OR id < $2) AND ($3::text IS NULL OR action = $3) AND ($4::text IS NULL OR lower(username) = lower($4))
  ORDER BY id DESC LIMIT $1`;

const DELETE_OLD = `WITH gone AS (
    DELETE FROM audit_event WHERE id IN (SELECT id FROM audit_event WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1
  ) SELECT count(*)::int AS gone FROM gone`;

const DELETE_BEYOND = `WITH gone AS (
    DELETE FROM audit_event WHERE id IN (
      SELECT id FROM audit_event
      WHERE action = $1 AND id <= (SELECT id FROM audit_event WHERE action = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)
      ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED
    ) RETURNING 1
  ) SELECT count(*)::int AS gone FROM gone`;

/** PostgreSQL takes neither NUL nor half a character. */
const storable = (_key: string, value: unknown): unknown => (typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value);

function detailsText(details: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(details, storable);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_DETAILS_BYTES) return text;
  // Quoted once more, a character may take eight bytes.
  return JSON.stringify({ cut: true, bytes, beginning: text.slice(0, MAX_DETAILS_BYTES / 8 - 10) }, storable);
}

/** The audit trail in the table `audit_event`. */
export function createAuditEventRepository(database: Queryable): AuditEventRepository {
  const deleted = async (sql: string, parameters: readonly unknown[]) => {
    const [row] = await database.query<{ gone: number }>(sql, parameters);
    return row?.gone ?? 0;
  };
  return {
    async write({ at = null, action, by: actor, address = actor?.address ?? null, target, details = {} }) {
      const by = [actor?.userId ?? null, actor?.username ?? null, actor?.apiTokenId ?? null];
      const what = [address, target?.slice(0, MAX_TARGET_LENGTH) ?? null, detailsText(details)];
      await database.query(INSERT, [at, action, ...by, ...what]);
    },

    async list({ limit, before = null, action = null, actor = null }) {
      return rowsSchema.parse(await database.query(SELECT, [limit, before, action, actor]));
    },

    async expire({ before, maxPerAction, batch }) {
      let gone = await deleted(DELETE_OLD, [before, batch]);
      for (const action of AUDIT_ACTIONS) gone += await deleted(DELETE_BEYOND, [action, maxPerAction, batch]);
      return gone;
    },
  };
}
