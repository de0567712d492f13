import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Failed tries of a password, for all replicas of `auth`, and where users have logged in from. */
export class LoginFailures1764244800000 implements MigrationInterface {
  readonly name = 'LoginFailures1764244800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE login_failure (
      key bytea PRIMARY KEY,
      failures integer NOT NULL,
      last_at timestamptz NOT NULL,
      blocked_until timestamptz NOT NULL
    )`);
    await runner.query('CREATE INDEX login_failure_last_at ON login_failure (last_at)');
    await runner.query(`CREATE TABLE login_origin (
      user_id uuid NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
      network text NOT NULL,
      last_at timestamptz NOT NULL,
      PRIMARY KEY (user_id, network)
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE login_origin');
    await runner.query('DROP TABLE login_failure');
  }
}
