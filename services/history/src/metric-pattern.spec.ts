import { forEachMetric, formatMetricPath, instanceNameSchema, PerfwatchError, type MetricPath } from '@perfwatch/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesAny, parseFields } from './metric-pattern.ts';

const metrics = {
  usage_percent: 1,
  user_percent: 2,
  load_1m: 3,
  core: { '0': { usage_percent: 4, frequency_mhz: 5 }, 'a,b"}{': { usage_percent: 6 } },
  cpu: { x: { usage_percent: 7 } },
};

function selected(fields: string): string[] {
  const patterns = parseFields(fields, 'cpu');
  const paths: string[] = [];
  forEachMetric(metrics, (path) => {
    if (matchesAny(patterns, path)) paths.push(formatMetricPath(path));
  });
  return paths;
}

const ODD = 'core.usage_percent{core="a,b\\"}{"}';

describe('fields', () => {
  it.each([
    ['usage_percent', ['usage_percent']],
    [' usage_percent , load_1m ', ['usage_percent', 'load_1m']],
    ['*_percent', ['usage_percent', 'user_percent']],
    ['us*_p*t', ['usage_percent', 'user_percent']],
    ['core.usage_percent{core="0"}', ['core.usage_percent{core="0"}']],
    [ODD, [ODD]],
    [`load_1m,${ODD},user_percent`, ['user_percent', 'load_1m', ODD]],
    ['core.f*', ['core.frequency_mhz{core="0"}']],
    ['core{core="0"}', ['core.usage_percent{core="0"}', 'core.frequency_mhz{core="0"}']],
    ['core', ['core.usage_percent{core="0"}', 'core.frequency_mhz{core="0"}', ODD]],
    ['core.*', ['core.usage_percent{core="0"}', 'core.frequency_mhz{core="0"}', ODD]],
    ['cpu.core.usage_percent{core="0"}', ['core.usage_percent{core="0"}']],
    ['cpu.load_1m', ['load_1m']],
    ['cpu.usage_percent', ['usage_percent', 'cpu.usage_percent{cpu="x"}']],
    ['nothing_count', []],
  ])('%s means %j', (fields, paths) => {
    expect(selected(fields)).toEqual(paths);
  });

  it('* is everything', () => {
    expect(selected('*')).toHaveLength(7);
    expect(selected('cpu.*')).toHaveLength(7);
  });

  it.each([
    ['', /expected a metric.* found the end at position 1/],
    ['a_percent,', /found the end at position 11/],
    ['a_percent b', /expected a comma; found "b" at position 11/],
    ["a'; DROP TABLE sample; --", /expected a comma; found "'" at position 2/],
    ['core.usage_percent{core="0"', /expected }; found the end/],
    ['core.usage_percent{core="0', /no closing "/],
    ['core.usage_percent{core="\\n"}', /expected " or \\/],
    ['core.usage_percent{disk="0"}', /has no dimension "disk"/],
    ['a.b.c.d', /too many parts/],
    ['a\0', /found "\\u0000" at position 2/],
    ['..', /position 1/],
  ])('refuses %j and says where', (fields, reason) => {
    expect(() => parseFields(fields, 'cpu')).toThrow(reason);
  });

  it('throw nothing but bad_input, whatever they are', () => {
    const text = fc.oneof(
      fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
      fc.string({ unit: fc.constantFrom('a', '*', '.', '{', '}', '=', '"', ',', '\\', ' ') }),
    );
    fc.assert(
      fc.property(text, (fields) => {
        try {
          parseFields(fields, 'cpu');
        } catch (error) {
          expect(error).toBeInstanceOf(PerfwatchError);
        }
      }),
    );
  });

  it('mean the one path they were formatted from', () => {
    const instance = fc.string({ minLength: 1, maxLength: 20 }).filter((name) => instanceNameSchema.safeParse(name).success);
    fc.assert(
      fc.property(instance, instance, (one, other) => {
        const path: MetricPath = { dimension: 'core', instance: one, metric: 'usage_percent' };
        const patterns = parseFields(formatMetricPath(path), 'cpu');
        expect(matchesAny(patterns, path)).toBe(true);
        expect(matchesAny(patterns, { ...path, instance: other })).toBe(one === other);
      }),
    );
  });

  it('with many wildcards take no longer', () => {
    const patterns = parseFields(`${'*a'.repeat(1500)}*`, 'cpu');
    expect(matchesAny(patterns, { metric: 'a'.repeat(119) })).toBe(false);
  });
});
