import { describe, expect, it } from 'vitest';
import { findDestinations, hostDestination, PAGES } from './destinations.ts';

const all = [...PAGES, ...['web-1', 'web-2', 'db-1', 'old-web-1', 'history-1'].map(hostDestination)];
const found = (typed: string) => findDestinations(all, typed).map(({ label }) => label);

describe('findDestinations', () => {
  it('gives what begins with the text before what only has it', () => {
    expect(found('web-1')).toEqual(['web-1', 'old-web-1']);
    expect(found('HIST')).toEqual(['History', 'history-1']);
  });

  it('wants every word, in any order', () => {
    expect(found('1 old')).toEqual(['old-web-1']);
    expect(found('web nothing')).toEqual([]);
  });

  it('gives everything for nothing, but not more than can be looked over', () => {
    expect(found(' ')).toHaveLength(all.length);
    expect(
      findDestinations(
        Array.from({ length: 300 }, (_, index) => hostDestination(`web-${index}`)),
        'web',
      ),
    ).toHaveLength(12);
  });
});
