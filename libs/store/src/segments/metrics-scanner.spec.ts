import { setMetricAt, type Metrics } from '@perfwatch/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MetricsFlattener } from './metrics-flattener.ts';
import { MetricsScanner } from './metrics-scanner.ts';

/** What each path has, by its name. */
function leavesOf({ indexes, values }: { indexes: Int32Array; values: Float64Array }, count: number, flattener: MetricsFlattener) {
  return Object.fromEntries(
    Array.from({ length: count }, (_, leaf) => {
      const { metric, dimension, instance } = flattener.paths[indexes[leaf] ?? 0] ?? { metric: '?' };
      return [JSON.stringify([metric, dimension, instance]), values[leaf]];
    }),
  );
}

/** Reads texts one after another, as they stand in a list, and gives what was read. */
function scanned(texts: readonly string[]) {
  const flattener = new MetricsFlattener();
  const scanner = new MetricsScanner(flattener);
  const list = `[${texts.join(',')}]`;
  let at = 0;
  const read = texts.map(() => {
    at = scanner.scan(list, at + 1);
    return leavesOf(scanner, scanner.count, flattener);
  });
  expect(at).toBe(list.length - 1);
  return read;
}

function parsed(texts: readonly string[]) {
  return texts.map((text) => {
    const flattener = new MetricsFlattener();
    const count = flattener.flatten(JSON.parse(text) as Metrics);
    return leavesOf(flattener, count, flattener);
  });
}

const name = fc.constantFrom('a_count', 'b', '0', '10', 'toString', 'ü"\\}{:,');
const number = fc.oneof(
  fc.integer({ min: -100_000, max: 100_000 }).map((whole) => whole / 1000),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0.5, 1e21, 5e-324, 0.1 + 0.2, 123_456_789_012_345, 1_234_567_890_123_456, null),
);
const path = fc.oneof(fc.record({ metric: name }), fc.record({ metric: name, dimension: name, instance: name }));
const shape = fc.array(path, { maxLength: 8 });

describe('MetricsScanner', () => {
  it('reads what JSON.parse reads, when Samples have the same names and when they have others', () => {
    const samples = fc.array(
      shape.chain((paths) =>
        fc
          .array(fc.array(number, { minLength: paths.length, maxLength: paths.length }), { minLength: 1, maxLength: 4 })
          .map((rows) => ({ paths, rows })),
      ),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(samples, fc.constantFrom(undefined, 1), (groups, indent) => {
        const texts = groups.flatMap(({ paths, rows }) =>
          rows.map((values) => {
            const metrics: Metrics = {};
            paths.forEach((at, index) => setMetricAt(metrics, at, values[index] ?? null));
            return JSON.stringify(metrics, null, indent);
          }),
        );
        expect(scanned(texts)).toEqual(parsed(texts));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['{}', '{}', '{"a":1}', '{}'],
    ['{"a":{}}', '{"a":{}}', '{"a":{"0":{}},"b":1}', '{"a":{"0":{}},"b":2}'],
    ['{"a":1,"a":2}', '{"a":3,"a":4}'],
    ['{"a":1,"a":{"x":{"m":2}},"b":{}}', '{"a":3,"a":{"x":{"m":4}},"b":{}}'],
    ['{"b":1,"10":2,"9":3}', '{"b":4,"10":5,"9":6}'],
    ['{ "a" : 1.50 , "b":null}', '{ "a" : -2e3 , "b":7}', '{ "a" : null , "b":-0.000}'],
    ['{"\\u0061":1}', '{"\\u0061":2}', '{"a":3}'],
  ])('reads %s and what follows', (...texts) => {
    expect(scanned(texts)).toEqual(parsed(texts));
  });
});
