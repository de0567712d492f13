import type { MigrationInterface, QueryRunner } from 'typeorm';

/** jsonb sorts keys by length: a catalog is shown in the order in which its collector lists its metrics. */
export class CatalogsInOrder1764028800000 implements MigrationInterface {
  readonly name = 'CatalogsInOrder1764028800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE collector_catalog ALTER COLUMN catalog TYPE json USING catalog::json');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE collector_catalog ALTER COLUMN catalog TYPE jsonb USING catalog::jsonb');
  }
}
