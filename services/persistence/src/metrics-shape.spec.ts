import type { Metrics } from '@perfwatch/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasShape, shapeOf } from './metrics-shape.ts';

const name = fc.constantFrom('a_percent', 'b_bytes', 'core', 'x');
const value = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null });
const record = <T>(values: fc.Arbitrary<T>) => fc.dictionary(name, values, { maxKeys: 3, noNullPrototype: true });
const metrics: fc.Arbitrary<Metrics> = record(fc.oneof(value, record(record(value))));
/** The names alone, with what each is. */
const namesOf = (of: Metrics) => JSON.stringify(of, (_key, entry: unknown) => (typeof entry === 'object' && entry !== null ? entry : 0));

describe('the shape of metrics', () => {
  it('is the same exactly where the names and their places are the same', () => {
    fc.assert(
      fc.property(metrics, metrics, (one, other) => {
        const shape = shapeOf(one, 1000) ?? [];
        expect(hasShape(one, shape)).toBe(true);
        expect(hasShape(other, shape)).toBe(namesOf(one) === namesOf(other));
      }),
      { numRuns: 500 },
    );
  });

  it('is not kept of very many names', () => {
    expect(shapeOf({ a_percent: 1, b_percent: 2 }, 2)).toEqual(['a_percent', 'b_percent']);
    expect(shapeOf({ a_percent: 1, b_percent: 2, c_percent: 3 }, 2)).toBeNull();
  });
});
