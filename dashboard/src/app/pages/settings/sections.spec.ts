import { describe, expect, it } from 'vitest';
import { accessTo, SECTIONS } from './sections.ts';

const open = (me: { role: 'admin' | 'viewer' } | null) =>
  SECTIONS.filter((section) => accessTo(section, me) === 'open').map(({ path }) => path);

describe('accessTo', () => {
  it('lets an administrator see every section', () => {
    expect(open({ role: 'admin' })).toEqual(SECTIONS.map(({ path }) => path));
  });

  it('keeps users and tokens from a viewer, also from one who types the address', () => {
    const refused = SECTIONS.filter((section) => accessTo(section, { role: 'viewer' }) === 'refused').map(({ path }) => path);
    expect(refused).toEqual(expect.arrayContaining(['users', 'tokens']));
    expect(open({ role: 'viewer' })).toEqual(expect.arrayContaining(['account', 'appearance', 'system']));
  });

  it('is not known before it is known who is logged in', () => {
    const [users] = SECTIONS.filter(({ path }) => path === 'users');
    expect(accessTo(users ?? null, null)).toBe('unknown');
  });
});
