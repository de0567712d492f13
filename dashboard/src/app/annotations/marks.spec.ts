import type { AnnotationRecord } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { isMarkWithin, markTold, oldestFirst, withMark } from './marks.ts';

const mark = (id: string, ts: string, endTs: string | null = null): AnnotationRecord => ({
  id,
  ts,
  host: 'web-1',
  end_ts: endTs,
  title: id,
  text: null,
  tags: [],
});
const ids = (marks: readonly AnnotationRecord[]) => marks.map(({ id }) => id);

describe('markTold', () => {
  it('is the record that will be stored, its times in UTC', () => {
    expect(markTold({ id: 'a', host: 'web-1', ts: '2026-11-24T13:00:00+01:00', title: 'deploy' })).toEqual({
      ...mark('a', '2026-11-24T12:00:00.000Z'),
      title: 'deploy',
    });
  });

  it('is none without an id, which only the stored mark has', () => {
    expect(markTold({ host: 'web-1', ts: '2026-11-24T12:00:00Z', title: 'deploy' })).toBeNull();
  });
});

describe('withMark', () => {
  const marks = [mark('a', '2026-11-24T12:00:00Z'), mark('c', '2026-11-24T12:02:00Z')];

  it('keeps the order of time, and each id once', () => {
    expect(ids(withMark(marks, mark('b', '2026-11-24T12:01:00Z'), 10))).toEqual(['a', 'b', 'c']);
    expect(ids(withMark(marks, mark('a', '2026-11-24T12:03:00Z'), 10))).toEqual(['c', 'a']);
  });

  it('lets the oldest go when there are too many', () => {
    expect(ids(withMark(marks, mark('b', '2026-11-24T12:01:00Z'), 2))).toEqual(['b', 'c']);
  });
});

it('puts the marks of several replies together, each once', () => {
  const [early, late] = [mark('late', '2026-11-24T12:02:00Z'), mark('early', '2026-11-24T12:00:00Z')];
  expect(ids(oldestFirst([early, late, early]))).toEqual(['early', 'late']);
});

describe('isMarkWithin', () => {
  const range = { hosts: ['web-1'], fromMs: Date.parse('2026-11-24T12:00:00Z'), toMs: Date.parse('2026-11-24T13:00:00Z') };

  it('takes a stretch that reaches into the range, and a mark of every host', () => {
    expect(isMarkWithin(mark('a', '2026-11-24T11:00:00Z', '2026-11-24T12:10:00Z'), range)).toBe(true);
    expect(isMarkWithin({ ...mark('a', '2026-11-24T12:10:00Z'), host: null }, range)).toBe(true);
  });

  it('takes no other host, and nothing before or after', () => {
    expect(isMarkWithin({ ...mark('a', '2026-11-24T12:10:00Z'), host: 'db-1' }, range)).toBe(false);
    expect(isMarkWithin(mark('a', '2026-11-24T11:59:59Z'), range)).toBe(false);
    expect(isMarkWithin(mark('a', '2026-11-24T13:00:00Z'), range)).toBe(false);
  });
});
