import { describe, expect, it } from 'vitest';
import { MOST_WATCHED, watchChange } from './watch-change.ts';

describe('watchChange', () => {
  it('asks for what has come into view and gives up what has left it', () => {
    expect(watchChange(new Set(['a', 'b']), ['b', 'c'])).toEqual({ added: ['c'], removed: ['a'] });
  });

  it('changes nothing where the same is seen in another order', () => {
    expect(watchChange(new Set(['a', 'b']), ['b', 'a'])).toEqual({ added: [], removed: [] });
  });

  it('leaves out those named last where they are too many', () => {
    const wanted = Array.from({ length: MOST_WATCHED + 20 }, (_, index) => `h${index}`);
    const { added } = watchChange(new Set(), wanted);
    expect(added).toEqual(wanted.slice(0, MOST_WATCHED));
  });
});
