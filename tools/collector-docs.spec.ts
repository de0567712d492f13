import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allCollectors, collectorIndex, collectorPage } from './collector-docs.ts';

const PAGES = join(import.meta.dirname, '../docs/collectors');
const collectors = await allCollectors();

describe('docs/collectors, which `npm run test:unit -- tools/collector-docs -u` renews,', () => {
  it.each(collectors)('says of $name what it declares', async (collector) => {
    await expect(await collectorPage(collector)).toMatchFileSnapshot(join(PAGES, `${collector.name}.md`));
  });

  it('lists every collector, and has no page of one that is gone', async () => {
    await expect(await collectorIndex(collectors)).toMatchFileSnapshot(join(PAGES, 'README.md'));
    const pages = ['README.md', ...collectors.map(({ name }) => `${name}.md`)];
    expect(readdirSync(PAGES).sort()).toEqual(pages.sort());
  });
});
