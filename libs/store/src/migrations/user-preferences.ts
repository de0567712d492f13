import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How each user wants to see things. */
export class UserPreferences1764237600000 implements MigrationInterface {
  readonly name = 'UserPreferences1764237600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE app_user ADD COLUMN preferences jsonb NOT NULL DEFAULT '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE app_user DROP COLUMN preferences');
  }
}
