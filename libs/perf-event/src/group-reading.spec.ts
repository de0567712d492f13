import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyReading, groupReadingWords, parseGroupReading } from './group-reading.ts';

const IDS = [71n, 72n, 73n];
const WORDS = [3n, 1_000_000n, 750_000n, 11n, 71n, 22n, 72n, 33n, 73n];
const parse = (words: readonly bigint[], length = words.length, ids: readonly (bigint | null)[] = IDS) => {
  const into = emptyReading(ids.length);
  return parseGroupReading(BigUint64Array.from(words), length, { ids, into }) ? into : null;
};

describe('parseGroupReading', () => {
  it('reads the times and the value of every event', () => {
    expect(parse(WORDS)).toEqual({ enabledNs: 1_000_000n, runningNs: 750_000n, values: [11n, 22n, 33n] });
  });

  it('keeps all 64 bits', () => {
    expect(parse([1n, 5n, 5n, 2n ** 64n - 1n, 7n], 5, [7n])?.values).toEqual([2n ** 64n - 1n]);
  });

  it('takes the order they were opened in where the kernel told no ids', () => {
    expect(parse(WORDS, WORDS.length, [null, null, null])?.values).toEqual([11n, 22n, 33n]);
  });

  it.each([
    ['nothing, as of a pinned group without a counter', WORDS, 0],
    ['an error', WORDS, -19],
    ['a part of a reading', WORDS, 8],
    ['more than there is', WORDS.slice(0, 5), 9],
    ['fewer events', [1n, 1n, 1n, 11n, 71n], 5],
    ['another number of events than it says', [2n, ...WORDS.slice(1)], 9],
    ['the events of another group', WORDS.with(6, 99n), 9],
    ['the events in another order', [3n, 1n, 1n, 22n, 72n, 11n, 71n, 33n, 73n], 9],
  ])('refuses %s', (_what, words, length) => {
    expect(parse(words, length)).toBeNull();
  });

  it('gives what was written, whatever it was', () => {
    const u64 = fc.bigInt(0n, 2n ** 64n - 1n);
    const events = fc.uniqueArray(fc.record({ id: u64, value: u64 }), { selector: ({ id }) => id, minLength: 1, maxLength: 8 });
    const property = fc.property(events, u64, u64, (written, enabledNs, runningNs) => {
      const words = [BigInt(written.length), enabledNs, runningNs, ...written.flatMap(({ id, value }) => [value, id])];
      const reading = parse(
        words,
        groupReadingWords(written.length),
        written.map(({ id }) => id),
      );
      expect(reading).toEqual({ enabledNs, runningNs, values: written.map(({ value }) => value) });
    });
    fc.assert(property);
  });

  it('never throws, whatever was read', () => {
    const property = fc.property(fc.bigUint64Array({ maxLength: 16 }), fc.integer({ min: -200, max: 40 }), (words, length) => {
      const into = emptyReading(IDS.length);
      if (!parseGroupReading(words, length, { ids: IDS, into })) return;
      expect([words[0], words[4], words[6], words[8]]).toEqual([3n, ...IDS]);
    });
    fc.assert(property);
  });
});
