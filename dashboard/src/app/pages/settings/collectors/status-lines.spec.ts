import { describe, expect, it } from 'vitest';
import { statusLines } from './status-lines.ts';

describe('statusLines', () => {
  const hosts = [
    { host: 'db', status: 'partial' as const, reason: 'no PMU' },
    { host: 'web', status: 'partial' as const, reason: 'no PMU' },
    { host: 'metal', status: 'ok' as const, reason: null },
  ];

  it('puts hosts that say the same into one line', () => {
    expect(statusLines(hosts, false).map(({ words, reason, names }) => [words, reason, names])).toEqual([
      ['Running in part on 2 hosts', 'no PMU', 'db, web'],
      ['Running on metal', null, 'metal'],
    ]);
  });

  it('names no host where there is one only', () => {
    expect(statusLines(hosts.slice(0, 1), true)).toMatchObject([{ words: 'Running in part', reason: 'no PMU', names: '' }]);
  });

  it('is nothing before a host has said anything', () => {
    expect(statusLines([], false)).toEqual([]);
  });
});
