import { EntitySchema } from 'typeorm/entity-schema/EntitySchema.js';

const text = { type: 'text' } as const;
const nullableText = { type: 'text', nullable: true } as const;
const time = { type: 'timestamptz' } as const;
const nullableTime = { type: 'timestamptz', nullable: true } as const;
const nullableNumber = { type: 'double precision', nullable: true } as const;
const key = { type: 'text', primary: true } as const;

/** A host that has sent anything. */
export const hostEntity = new EntitySchema({
  name: 'host',
  columns: { host: key, first_seen: time, inventory: { type: 'jsonb', nullable: true }, inventory_at: nullableTime },
});

/** The newest Sample of each collector, without its metrics. */
export const collectorStateEntity = new EntitySchema({
  name: 'collector_state',
  columns: { host: key, collector: key, last_sample: time, status: text, reason: nullableText, interval_ms: nullableNumber },
});

export const collectorCatalogEntity = new EntitySchema({
  name: 'collector_catalog',
  columns: { host: key, collector: key, catalog: { type: 'jsonb' }, catalog_at: time },
});

/** Names of metrics and instances that samples had lately. */
export const seenNameEntity = new EntitySchema({
  name: 'seen_name',
  columns: { host: key, collector: key, dimension: key, kind: key, name: key, last_seen: time },
  checks: [{ name: 'seen_name_kind_check', expression: `kind IN ('metric', 'instance')` }],
});

/** Hot rows: one for each Sample. */
export const sampleEntity = new EntitySchema({
  name: 'sample',
  columns: {
    host: key,
    collector: key,
    ts: { type: 'timestamptz', primary: true },
    run: nullableText,
    seq: { type: 'bigint', nullable: true },
    interval_ms: nullableNumber,
    elapsed_ms: nullableNumber,
    status: nullableText,
    reason: nullableText,
    metrics: { type: 'jsonb' },
  },
});

/** The newest messages that could not be stored. */
export const rejectedMessageEntity = new EntitySchema({
  name: 'rejected_message',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    received_at: { ...time, default: () => 'now()' },
    subject: text,
    reason: text,
    payload: { type: 'bytea' },
    payload_bytes: { type: 'integer' },
  },
});

export const annotationEntity = new EntitySchema({
  name: 'annotation',
  columns: {
    id: { type: 'uuid', primary: true, default: () => 'gen_random_uuid()' },
    host: nullableText,
    ts: time,
    end_ts: nullableTime,
    title: text,
    text: nullableText,
    tags: { type: 'text', array: true, default: [] },
    created_at: { ...time, default: () => 'now()' },
  },
  indices: [{ name: 'annotation_ts', columns: ['ts'] }],
});

export const appUserEntity = new EntitySchema({
  name: 'app_user',
  columns: {
    id: { type: 'uuid', primary: true, default: () => 'gen_random_uuid()' },
    username: text,
    password_hash: text,
    role: text,
    token_version: { type: 'integer', default: 0 },
    spared_token_id: nullableText,
    created_at: { ...time, default: () => 'now()' },
  },
  // An index on an expression cannot be declared, only told to be left alone.
  indices: [{ name: 'app_user_username', synchronize: false }],
  checks: [{ name: 'app_user_role_check', expression: `role IN ('admin', 'viewer')` }],
});

export const revokedTokenEntity = new EntitySchema({
  name: 'revoked_token',
  columns: { token_id: key, expires_at: time },
  indices: [{ name: 'revoked_token_expires_at', columns: ['expires_at'] }],
});

export const settingEntity = new EntitySchema({
  name: 'setting',
  columns: { key, value: { type: 'jsonb' }, updated_at: { ...time, default: () => 'now()' } },
});

/** Every table that PerfWatch has. Migrations make them; a test holds both to each other. */
export const ENTITIES = [
  hostEntity,
  collectorStateEntity,
  collectorCatalogEntity,
  seenNameEntity,
  sampleEntity,
  rejectedMessageEntity,
  annotationEntity,
  appUserEntity,
  revokedTokenEntity,
  settingEntity,
];
