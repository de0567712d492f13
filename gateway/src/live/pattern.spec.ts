import { describe, expect, it } from 'vitest';
import { covers, patternsFor, patternsOf, subjectOf, type Pattern } from './pattern.ts';

describe('patterns', () => {
  it('of a request are every host with every collector; absent means all, empty means none', () => {
    expect(patternsOf({ hosts: ['a', 'b', 'a'], collectors: ['cpu', 'memory'] })).toEqual(['a/cpu', 'a/memory', 'b/cpu', 'b/memory']);
    expect(patternsOf({ hosts: ['a'] })).toEqual(['a/*']);
    expect(patternsOf({})).toEqual(['*/*']);
    expect(patternsOf({ hosts: [] })).toEqual([]);
  });

  it('that a sample fits are those with its names or stars', () => {
    expect(patternsFor({ host: 'a', collector: 'cpu' })).toEqual(['a/cpu', 'a/*', '*/cpu', '*/*']);
  });

  it('are subjects', () => {
    expect(subjectOf('a/*')).toBe('perfwatch.v1.metrics.a.*');
  });

  it.each<[Pattern, Pattern, boolean]>([
    ['*/*', 'a/cpu', true],
    ['a/*', 'a/cpu', true],
    ['a/*', '*/cpu', false],
    ['*/cpu', '*/cpu', true],
    ['a/cpu', 'a/*', false],
  ])('%s covers %s: %s', (outer, inner, expected) => {
    expect(covers(outer, inner)).toBe(expected);
  });
});
