import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tokens of programs, by the hash of their secret. They go with their owner. */
export class ApiTokens1764201600000 implements MigrationInterface {
  readonly name = 'ApiTokens1764201600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE api_token (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      user_id uuid NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
      name text NOT NULL,
      scope text NOT NULL CHECK (scope IN ('read', 'annotate', 'admin')),
      token_hash bytea NOT NULL UNIQUE,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz,
      last_used_at timestamptz
    )`);
    await runner.query('CREATE UNIQUE INDEX api_token_name ON api_token (user_id, lower(name))');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE api_token');
  }
}
