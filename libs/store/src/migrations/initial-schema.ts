import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  `CREATE TABLE host (
     host text PRIMARY KEY,
     first_seen timestamptz NOT NULL,
     inventory jsonb,
     inventory_at timestamptz
   )`,
  // Rewritten with every batch: half of each page stays free, so that a new version finds room beside the old one (HOT update).
  `CREATE TABLE collector_state (
     host text NOT NULL,
     collector text NOT NULL,
     last_sample timestamptz NOT NULL,
     status text NOT NULL,
     reason text,
     interval_ms double precision,
     PRIMARY KEY (host, collector)
   ) WITH (fillfactor = 50)`,
  // Apart from collector_state, so that a catalog is not copied whenever a sample arrives.
  `CREATE TABLE collector_catalog (
     host text NOT NULL,
     collector text NOT NULL,
     catalog jsonb NOT NULL,
     catalog_at timestamptz NOT NULL,
     PRIMARY KEY (host, collector)
   )`,
  // Metrics of each collector (dimension empty) and of its dimensions, and the instances of each dimension, as lately seen.
  `CREATE TABLE seen_name (
     host text NOT NULL,
     collector text NOT NULL,
     dimension text NOT NULL,
     kind text NOT NULL CHECK (kind IN ('metric', 'instance')),
     name text NOT NULL,
     last_seen timestamptz NOT NULL,
     PRIMARY KEY (host, collector, dimension, kind, name)
   )`,
  `CREATE TABLE sample (
     host text NOT NULL,
     collector text NOT NULL,
     ts timestamptz NOT NULL,
     run text,
     seq bigint,
     interval_ms double precision,
     elapsed_ms double precision,
     status text,
     reason text,
     metrics jsonb NOT NULL,
     PRIMARY KEY (host, collector, ts)
   ) PARTITION BY RANGE (ts)`,
  `CREATE TABLE rejected_message (
     id bigserial PRIMARY KEY,
     received_at timestamptz NOT NULL DEFAULT now(),
     subject text NOT NULL,
     reason text NOT NULL,
     payload bytea NOT NULL,
     payload_bytes integer NOT NULL
   )`,
  `CREATE TABLE annotation (
     id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
     host text,
     ts timestamptz NOT NULL,
     end_ts timestamptz,
     title text NOT NULL,
     text text,
     tags text[] NOT NULL DEFAULT '{}',
     created_at timestamptz NOT NULL DEFAULT now()
   )`,
  `CREATE INDEX annotation_ts ON annotation (ts)`,
  `CREATE TABLE app_user (
     id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
     username text NOT NULL,
     password_hash text NOT NULL,
     role text NOT NULL CHECK (role IN ('admin', 'viewer')),
     token_version integer NOT NULL DEFAULT 0,
     spared_token_id text,
     created_at timestamptz NOT NULL DEFAULT now()
   )`,
  `CREATE UNIQUE INDEX app_user_username ON app_user (lower(username))`,
  `CREATE TABLE revoked_token (
     token_id text PRIMARY KEY,
     expires_at timestamptz NOT NULL
   )`,
  `CREATE INDEX revoked_token_expires_at ON revoked_token (expires_at)`,
  `CREATE TABLE setting (
     key text PRIMARY KEY,
     value jsonb NOT NULL,
     updated_at timestamptz NOT NULL DEFAULT now()
   )`,
];

const TABLES = [
  ...['setting', 'revoked_token', 'app_user', 'annotation', 'rejected_message', 'sample'],
  ...['seen_name', 'collector_catalog', 'collector_state', 'host'],
];

/** Every table of the first version. Partitions of `sample` are made as they are needed, not here. */
export class InitialSchema1763900000000 implements MigrationInterface {
  readonly name = 'InitialSchema1763900000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`DROP TABLE ${table}`);
  }
}
