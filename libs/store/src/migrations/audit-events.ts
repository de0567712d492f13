import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who did what, when and from where. No reference to users: what a user did outlives the user. */
export class AuditEvents1764248400000 implements MigrationInterface {
  readonly name = 'AuditEvents1764248400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE audit_event (
      id bigserial PRIMARY KEY,
      at timestamptz NOT NULL DEFAULT now(),
      action text NOT NULL,
      user_id uuid,
      username text,
      api_token_id uuid,
      address text,
      target text,
      details jsonb NOT NULL DEFAULT '{}'
    )`);
    await runner.query('CREATE INDEX audit_event_at ON audit_event (at)');
    await runner.query('CREATE INDEX audit_event_action ON audit_event (action, id)');
    await runner.query('CREATE INDEX audit_event_username ON audit_event (lower(username), id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_event');
  }
}
