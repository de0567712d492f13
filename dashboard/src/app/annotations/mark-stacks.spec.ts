import type { AnnotationRecord } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { markStacks } from './mark-stacks.ts';

const RANGE = { fromMs: Date.parse('2026-11-24T12:00:00Z'), toMs: Date.parse('2026-11-24T12:10:00Z') };
const mark = (id: string, ts: string): AnnotationRecord => ({ id, ts, host: 'web-1', end_ts: null, title: id, text: null, tags: [] });

describe('markStacks', () => {
  it('puts each mark where its moment is', () => {
    expect(markStacks([mark('a', '2026-11-24T12:05:00Z')], RANGE)).toMatchObject([{ key: 'a', left: 50 }]);
  });

  it('makes one line of marks near each other, whatever their order', () => {
    const marks = [mark('late', '2026-11-24T12:08:00Z'), mark('second', '2026-11-24T12:01:03Z'), mark('first', '2026-11-24T12:01:00Z')];
    const titles = markStacks(marks, RANGE).map((stack) => stack.marks.map(({ title }) => title));
    expect(titles).toEqual([['first', 'second'], ['late']]);
  });

  it('leaves out what is outside of the range', () => {
    expect(markStacks([mark('a', '2026-11-24T11:59:59Z'), mark('b', '2026-11-24T12:10:01Z')], RANGE)).toEqual([]);
  });
});
