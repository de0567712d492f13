import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const DOCUMENTS = ['SECURITY.md', 'docs/asvs.md'];
/** `[x.spec.ts](path) "name of the test"`. */
const NAMED_TEST = /\[[\w.-]+\.spec\.ts\]\(([^)]+)\) "([^"]+)"/g;

interface NamedTest {
  document: string;
  file: string;
  test: string;
}

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const named: NamedTest[] = DOCUMENTS.flatMap((document) =>
  [...read(document).matchAll(NAMED_TEST)].map(([, link = '', test = '']) => ({
    document,
    file: join(document.includes('/') ? 'docs' : '', link),
    test,
  })),
);

/** Whether a file has a test of that very name. */
function hasTest(file: string, test: string): boolean {
  if (!existsSync(join(ROOT, file))) return false;
  const text = read(file);
  return ["'", '"', '`'].some((quote) => text.includes(`${quote}${test}${quote}`));
}

describe('what the documents on security promise', () => {
  it('is proved by tests that exist, by the names given', () => {
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter(({ file, test }) => !hasTest(file, test))).toEqual([]);
  });

  it('has a test for every promise of the table', () => {
    const table = /<!-- promises -->([\s\S]*)<!-- \/promises -->/.exec(read('SECURITY.md'))?.[1] ?? '';
    const rows = table.split('\n').filter((line) => /^\| (?!promise|-)/.test(line));
    expect(rows.length).toBeGreaterThan(35);
    expect(rows.filter((row) => row.match(NAMED_TEST) === null)).toEqual([]);
  });

  it('would not be proved by a test that is not there', () => {
    const [some] = named;
    expect(hasTest(some?.file ?? '', `${some?.test ?? ''} or not`)).toBe(false);
    expect(hasTest('tools/nowhere.spec.ts', 'x')).toBe(false);
  });
});
