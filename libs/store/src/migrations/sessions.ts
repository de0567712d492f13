import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A row for each log-in, which its access tokens name. It takes the place of the list of ended tokens and of the one token that a change of
 * password spared. Tokens made before name none: everyone logs in again once.
 */
export class Sessions1764241200000 implements MigrationInterface {
  readonly name = 'Sessions1764241200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE login_session (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      user_id uuid NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
      started_at timestamptz NOT NULL,
      last_used_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      address text NOT NULL,
      client text,
      family_hash bytea UNIQUE,
      secret_hash bytea,
      previous_hash bytea,
      rotation_salt bytea,
      rotated_at timestamptz,
      CHECK ((family_hash IS NULL) = (secret_hash IS NULL))
    )`);
    await runner.query('CREATE INDEX login_session_user_id ON login_session (user_id)');
    await runner.query('CREATE INDEX login_session_expires_at ON login_session (expires_at)');
    await runner.query('CREATE INDEX login_session_last_used_at ON login_session (last_used_at)');
    await runner.query('DROP TABLE revoked_token');
    await runner.query('ALTER TABLE app_user DROP COLUMN spared_token_id');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE app_user ADD COLUMN spared_token_id text');
    await runner.query('CREATE TABLE revoked_token (token_id text PRIMARY KEY, expires_at timestamptz NOT NULL)');
    await runner.query('CREATE INDEX revoked_token_expires_at ON revoked_token (expires_at)');
    await runner.query('DROP TABLE login_session');
  }
}
