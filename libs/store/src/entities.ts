import { EntitySchema } from 'typeorm/entity-schema/EntitySchema.js';
import { EntitySchemaOptions } from 'typeorm/entity-schema/EntitySchemaOptions.js';

const text = { type: 'text' } as const;
const nullableText = { type: 'text', nullable: true } as const;
const time = { type: 'timestamptz' } as const;
const nullableTime = { type: 'timestamptz', nullable: true } as const;
const nullableNumber = { type: 'double precision', nullable: true } as const;
const key = { type: 'text', primary: true } as const;

/** The options are a class to TypeORM, although any object with its fields does. */
function entity(options: Partial<EntitySchemaOptions<object>>): EntitySchema<object> {
  return new EntitySchema(Object.assign(new EntitySchemaOptions<object>(), options));
}

/** A host that has sent anything. */
export const hostEntity = entity({
  name: 'host',
  columns: { host: key, first_seen: time, inventory: { type: 'jsonb', nullable: true }, inventory_at: nullableTime },
});

/** The newest Sample of each collector, without its metrics. */
export const collectorStateEntity = entity({
  name: 'collector_state',
  columns: { host: key, collector: key, last_sample: time, status: text, reason: nullableText, interval_ms: nullableNumber },
});

export const collectorCatalogEntity = entity({
  name: 'collector_catalog',
  columns: { host: key, collector: key, catalog: { type: 'json' }, catalog_at: time },
});

/** Names of metrics and instances that samples had lately. */
export const seenNameEntity = entity({
  name: 'seen_name',
  columns: { host: key, collector: key, dimension: key, kind: key, name: key, last_seen: time },
  checks: [{ name: 'seen_name_kind_check', expression: `kind IN ('metric', 'instance')` }],
});

/** Hot rows: one for each Sample. */
export const sampleEntity = entity({
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
    metrics: { type: 'json' },
  },
});

const integer = { type: 'integer' } as const;
const timeKey = { type: 'timestamptz', primary: true } as const;

/** Samples of one collector within one closed hour, as compressed columns. */
export const rawSegmentEntity = entity({
  name: 'raw_segment',
  columns: {
    host: key,
    collector: key,
    start_ts: timeKey,
    hour: time,
    end_ts: time,
    sample_count: integer,
    number_count: integer,
    kept_until: nullableTime,
    data: { type: 'bytea' },
  },
});

/** What the Samples of an hour come to by the minute, and those of a day by the hour. */
export const rollupSegmentEntity = entity({
  name: 'rollup_segment',
  columns: { host: key, collector: key, resolution: key, start_ts: timeKey, number_count: integer, data: { type: 'bytea' } },
  checks: [{ name: 'rollup_segment_resolution_check', expression: `resolution IN ('1m', '1h')` }],
});

/** How many hot rows of a collector's hour are in segments already. */
export const sealingEntity = entity({
  name: 'sealing',
  columns: { hour: timeKey, host: key, collector: key, row_count: integer, sealed_at: { ...time, default: () => 'now()' } },
});

/** What the newest runs of retention did. */
export const retentionRunEntity = entity({
  name: 'retention_run',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    started_at: time,
    finished_at: time,
    report: { type: 'jsonb' },
  },
});

/** The newest messages that could not be stored. */
export const rejectedMessageEntity = entity({
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

export const annotationEntity = entity({
  name: 'annotation',
  columns: {
    id: { type: 'uuid', primary: true, generated: 'uuid' },
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

export const appUserEntity = entity({
  name: 'app_user',
  columns: {
    id: { type: 'uuid', primary: true, generated: 'uuid' },
    username: text,
    password_hash: text,
    role: text,
    token_version: { type: 'integer', default: 0 },
    created_at: { ...time, default: () => 'now()' },
    preferences: { type: 'jsonb', default: {} },
  },
  // An index on an expression cannot be declared, only told to be left alone.
  indices: [{ name: 'app_user_username', synchronize: false }],
  checks: [{ name: 'app_user_role_check', expression: `role IN ('admin', 'viewer')` }],
});

const nullableBytes = { type: 'bytea', nullable: true } as const;

/** Log-ins that go on, with the hashes of their refresh tokens. */
export const loginSessionEntity = entity({
  name: 'login_session',
  columns: {
    id: { type: 'uuid', primary: true, generated: 'uuid' },
    user_id: { type: 'uuid' },
    started_at: time,
    last_used_at: time,
    expires_at: time,
    address: text,
    client: nullableText,
    family_hash: nullableBytes,
    secret_hash: nullableBytes,
    previous_hash: nullableBytes,
    rotation_salt: nullableBytes,
    rotated_at: nullableTime,
  },
  uniques: [{ name: 'login_session_family_hash_key', columns: ['family_hash'] }],
  indices: [
    { name: 'login_session_user_id', columns: ['user_id'] },
    { name: 'login_session_expires_at', columns: ['expires_at'] },
    { name: 'login_session_last_used_at', columns: ['last_used_at'] },
  ],
  foreignKeys: [
    {
      name: 'login_session_user_id_fkey',
      target: 'app_user',
      columnNames: ['user_id'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
  checks: [{ name: 'login_session_check', expression: `(family_hash IS NULL) = (secret_hash IS NULL)` }],
});

/** Failed tries of a password by what they count for, a hash. */
export const loginFailureEntity = entity({
  name: 'login_failure',
  columns: { key: { type: 'bytea', primary: true }, failures: integer, last_at: time, blocked_until: time },
  indices: [{ name: 'login_failure_last_at', columns: ['last_at'] }],
});

/** Networks that a user has logged in from lately. */
export const loginOriginEntity = entity({
  name: 'login_origin',
  columns: { user_id: { type: 'uuid', primary: true }, network: key, last_at: time },
  foreignKeys: [
    {
      name: 'login_origin_user_id_fkey',
      target: 'app_user',
      columnNames: ['user_id'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});

/** Tokens of programs, by the hash of their secret. */
export const apiTokenEntity = entity({
  name: 'api_token',
  columns: {
    id: { type: 'uuid', primary: true, generated: 'uuid' },
    user_id: { type: 'uuid' },
    name: text,
    scope: text,
    token_hash: { type: 'bytea' },
    created_at: { ...time, default: () => 'now()' },
    expires_at: nullableTime,
    last_used_at: nullableTime,
  },
  uniques: [{ name: 'api_token_token_hash_key', columns: ['token_hash'] }],
  indices: [{ name: 'api_token_name', synchronize: false }],
  foreignKeys: [
    { name: 'api_token_user_id_fkey', target: 'app_user', columnNames: ['user_id'], referencedColumnNames: ['id'], onDelete: 'CASCADE' },
  ],
  checks: [{ name: 'api_token_scope_check', expression: `scope IN ('read', 'annotate', 'admin')` }],
});

/** Who did what, when and from where. */
export const auditEventEntity = entity({
  name: 'audit_event',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    at: { ...time, default: () => 'now()' },
    action: text,
    user_id: { type: 'uuid', nullable: true },
    username: nullableText,
    api_token_id: { type: 'uuid', nullable: true },
    address: nullableText,
    target: nullableText,
    details: { type: 'jsonb', default: {} },
  },
  indices: [
    { name: 'audit_event_at', columns: ['at'] },
    { name: 'audit_event_action', columns: ['action', 'id'] },
    { name: 'audit_event_username', synchronize: false },
  ],
});

export const settingEntity = entity({
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
  rawSegmentEntity,
  rollupSegmentEntity,
  sealingEntity,
  retentionRunEntity,
  rejectedMessageEntity,
  annotationEntity,
  appUserEntity,
  loginSessionEntity,
  loginFailureEntity,
  loginOriginEntity,
  apiTokenEntity,
  auditEventEntity,
  settingEntity,
];
