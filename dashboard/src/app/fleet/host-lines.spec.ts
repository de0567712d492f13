import type { Host } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { hostEntry, hostState, seenText } from './host-entry.ts';
import { foundHosts, hostGroups, hostLines, sortedHosts, tagKeys, type SortKey } from './host-lines.ts';

const now = Date.parse('2026-11-23T20:00:00.000Z');
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString();
const host = (
  name: string,
  { seen = 1, tags = {}, intervalMs = 1000 }: { seen?: number | null; tags?: Record<string, string>; intervalMs?: number } = {},
): Host => ({
  host: name,
  first_seen: ago(9e6),
  last_sample: seen === null ? null : ago(seen),
  collectors: [{ collector: 'cpu', status: 'ok', reason: null, last_sample: ago(seen ?? 0), interval_ms: intervalMs }],
  inventory: {
    host: name,
    ts: ago(1),
    os: { name: 'Debian GNU/Linux', version: '12 (bookworm)' },
    cpu: { threads_count: 16 },
    memory: { total_bytes: 64 * 1024 ** 3 },
    tags,
  },
});
const entries = (...hosts: Host[]) => hosts.map((each) => hostEntry(each, now));
const names = (list: readonly { host: string }[]) => list.map(({ host: name }) => name);
const sorted = (
  key: SortKey,
  list: ReturnType<typeof entries>,
  { isReversed = false, values = {} }: { isReversed?: boolean; values?: Record<string, number | null> } = {},
) => names(sortedHosts(list, { key, isReversed, values: new Map(Object.entries(values)) }));

describe('hostEntry', () => {
  it('is live while Samples come, by its own interval', () => {
    const [entry, late, rare, never] = entries(
      host('a'),
      host('b', { seen: 60 }),
      host('c', { seen: 60, intervalMs: 60_000 }),
      host('d', { seen: null }),
    );
    expect([entry, late, rare, never].map((each) => each?.state)).toEqual(['live', 'stale', 'live', 'silent']);
  });

  it('is no longer a reason to look after a day', () => {
    expect(hostState(86_399_000, 15_000)).toBe('stale');
    expect(hostState(86_401_000, 15_000)).toBe('silent');
  });

  it('says what the machine is', () => {
    expect(entries(host('a'))[0]?.about).toBe('Debian 12 · 16 CPUs · 64.0 GiB');
    expect(hostEntry({ ...host('a'), inventory: null }, now).about).toBe('');
  });

  it('says when it was heard of last', () => {
    expect([seenText(2000, 15_000), seenText(180_000, 15_000), seenText(null, 15_000)]).toEqual(['now', '3 min ago', 'never']);
  });
});

describe('foundHosts', () => {
  const list = entries(host('web-1', { tags: { env: 'prod' } }), host('web-2', { tags: { env: 'dev' } }), host('db-1'));

  it('wants every word, in the name, a tag or the system', () => {
    expect(names(foundHosts(list, 'web'))).toEqual(['web-1', 'web-2']);
    expect(names(foundHosts(list, 'WEB prod'))).toEqual(['web-1']);
    expect(names(foundHosts(list, 'env:dev'))).toEqual(['web-2']);
    expect(names(foundHosts(list, 'bookworm'))).toHaveLength(3);
    expect(names(foundHosts(list, 'web nothing'))).toEqual([]);
  });

  it('finds all where nothing is typed', () => {
    expect(foundHosts(list, '  ')).toBe(list);
  });

  it('does not find across two tags', () => {
    expect(foundHosts(entries(host('a', { tags: { env: 'prod', role: 'db' } })), 'prodrole')).toEqual([]);
  });
});

describe('sortedHosts', () => {
  it('counts numbers in names', () => {
    expect(sorted('name', entries(host('web-10'), host('web-9'), host('db-1')))).toEqual(['db-1', 'web-9', 'web-10']);
    expect(sorted('name', entries(host('web-10'), host('web-9')), { isReversed: true })).toEqual(['web-10', 'web-9']);
  });

  it('puts the highest figure first, and hosts without one last, both ways', () => {
    const list = entries(host('a'), host('b'), host('c'), host('d'));
    const values = { a: 10, b: 90, c: null };
    expect(sorted('cpu', list, { values })).toEqual(['b', 'a', 'c', 'd']);
    expect(sorted('cpu', list, { values, isReversed: true })).toEqual(['a', 'b', 'c', 'd']);
  });

  it('puts what needs a look first', () => {
    const list = entries(host('live'), host('gone', { seen: 200_000 }), host('stale', { seen: 100 }), host('staler', { seen: 500 }));
    expect(sorted('state', list)).toEqual(['stale', 'staler', 'live', 'gone']);
    expect(sorted('seen', list)).toEqual(['gone', 'staler', 'stale', 'live']);
  });
});

describe('hostLines', () => {
  const list = entries(
    host('a', { tags: { env: 'prod' } }),
    host('b'),
    host('c', { tags: { env: 'dev' }, seen: 100 }),
    host('d', { tags: { env: 'prod', role: 'db' } }),
  );

  it('has as many hosts in a line as there are columns', () => {
    const lines = hostLines(list, { tag: null, columns: 3 });
    expect(lines.map((line) => (line.kind === 'hosts' ? names(line.entries) : line.title))).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('begins a line with each group, those without the tag last', () => {
    const lines = hostLines(list, { tag: 'env', columns: 3 });
    expect(lines.map((line) => (line.kind === 'hosts' ? names(line.entries) : [line.title, line.count, line.stale]))).toEqual([
      ['dev', 1, 1],
      ['c'],
      ['prod', 2, 0],
      ['a', 'd'],
      ['No env', 1, 0],
      ['b'],
    ]);
    expect(new Set(lines.map(({ key }) => key)).size).toBe(lines.length);
  });

  it('keeps the order within a group', () => {
    expect(hostGroups(list.toReversed(), 'env').map(({ entries: members }) => names(members))).toEqual([['c'], ['d', 'a'], ['b']]);
  });

  it('offers the tags there are', () => {
    expect(tagKeys(list)).toEqual(['env', 'role']);
  });
});
