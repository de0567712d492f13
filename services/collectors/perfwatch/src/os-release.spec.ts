import { describe, expect, it } from 'vitest';
import { parseOsRelease } from './os-release.ts';

describe('parseOsRelease', () => {
  it('takes quotes and escapes away', () => {
    const values = parseOsRelease(
      'NAME="Debian GNU/Linux"\nVERSION_ID=\'12\'\nID=debian\n# a comment\nPRETTY_NAME="A \\"quoted\\" \\$name"\n',
    );
    expect(Object.fromEntries(values)).toEqual({
      NAME: 'Debian GNU/Linux',
      VERSION_ID: '12',
      ID: 'debian',
      PRETTY_NAME: 'A "quoted" $name',
    });
  });
});
