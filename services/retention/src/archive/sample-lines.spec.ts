import { sampleSchema, SAMPLE_STATUSES } from '@perfwatch/contract';
import type { StoredSample } from '@perfwatch/store';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSampleLine, sampleLine } from './sample-lines.ts';

const SERIES = { host: 'web-1', collector: 'cpu' };
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const number = orNull(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0));

const sample: fc.Arbitrary<StoredSample> = fc.record({
  tsMs: fc.integer({ min: 0, max: 4e12 }),
  run: orNull(fc.string({ minLength: 1, maxLength: 8 })),
  seq: orNull(fc.nat()),
  intervalMs: orNull(fc.integer({ min: 1 })),
  elapsedMs: orNull(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)),
  status: orNull(fc.constantFrom(...SAMPLE_STATUSES)),
  reason: orNull(fc.string()),
  metrics: fc.record({ usage_percent: number, core: fc.constant({ '0': { usage_percent: 1.5 }, 'a"b': {} }) }, { noNullPrototype: true }),
});

describe('a line of the archive', () => {
  it('is a Sample as the contract has it, in one line, and reads as what was written', () => {
    fc.assert(
      fc.property(sample, (stored) => {
        const line = sampleLine(SERIES, stored);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(sampleSchema.parse(JSON.parse(line))).toMatchObject(SERIES);
        expect(parseSampleLine(line)).toEqual(stored);
      }),
    );
  });
});
