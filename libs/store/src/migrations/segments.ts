import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  // Compressed already: PostgreSQL must not try again. Rows of one hour of one collector are a few kilobytes, most of them out of line.
  `CREATE TABLE raw_segment (
     host text NOT NULL,
     collector text NOT NULL,
     start_ts timestamptz NOT NULL,
     hour timestamptz NOT NULL,
     end_ts timestamptz NOT NULL,
     sample_count integer NOT NULL,
     number_count integer NOT NULL,
     kept_until timestamptz,
     data bytea NOT NULL,
     PRIMARY KEY (host, collector, start_ts)
   )`,
  `ALTER TABLE raw_segment ALTER COLUMN data SET STORAGE EXTERNAL`,
  `CREATE TABLE rollup_segment (
     host text NOT NULL,
     collector text NOT NULL,
     resolution text NOT NULL CHECK (resolution IN ('1m', '1h')),
     start_ts timestamptz NOT NULL,
     number_count integer NOT NULL,
     data bytea NOT NULL,
     PRIMARY KEY (host, collector, resolution, start_ts)
   )`,
  `ALTER TABLE rollup_segment ALTER COLUMN data SET STORAGE EXTERNAL`,
  `CREATE TABLE sealing (
     hour timestamptz NOT NULL,
     host text NOT NULL,
     collector text NOT NULL,
     row_count integer NOT NULL,
     sealed_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (hour, host, collector)
   )`,
  `CREATE TABLE retention_run (
     id bigserial PRIMARY KEY,
     started_at timestamptz NOT NULL,
     finished_at timestamptz NOT NULL,
     report jsonb NOT NULL
   )`,
];

const TABLES = ['retention_run', 'sealing', 'rollup_segment', 'raw_segment'];

/** Closed hours as compressed columns, and what they come to by the minute and by the hour. */
export class Segments1764115200000 implements MigrationInterface {
  readonly name = 'Segments1764115200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`DROP TABLE ${table}`);
  }
}
