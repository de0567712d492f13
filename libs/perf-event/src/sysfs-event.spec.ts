import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PerfEventSyntaxError, encodeEvent } from './sysfs-event.ts';

/** As a Skylake server's `cpu` PMU and an AMD family 17h one write them. */
const INTEL = new Map([
  ['event', 'config:0-7\n'],
  ['umask', 'config:8-15\n'],
  ['edge', 'config:18\n'],
  ['inv', 'config:23\n'],
  ['cmask', 'config:24-31\n'],
  ['ldlat', 'config1:0-15\n'],
  ['offcore_rsp', 'config1:0-63\n'],
  ['filter_opc', 'config2:9-18,27\n'],
]);
const AMD = new Map([
  ['event', 'config:0-7,32-35\n'],
  ['umask', 'config:8-15\n'],
]);

describe('encodeEvent', () => {
  it.each([
    ['event=0x3c', INTEL, { config: 0x3cn, config1: 0n, config2: 0n }],
    ['event=0xcd,umask=0x1,ldlat=3\n', INTEL, { config: 0x1cdn, config1: 3n, config2: 0n }],
    ['event=0xb7,umask=0x1,offcore_rsp=0xffffffffffffffff', INTEL, { config: 0x1b7n, config1: 0xffff_ffff_ffff_ffffn, config2: 0n }],
    ['event=0x0e,umask=0x01,inv,cmask=0x01', INTEL, { config: 0x0180_010en, config1: 0n, config2: 0n }],
    ['event=0x1c7,umask=0x3', AMD, { config: 0x1_0000_03c7n, config1: 0n, config2: 0n }],
    ['filter_opc=0x5ff', INTEL, { config: 0n, config1: 0n, config2: 0x0803_fe00n }],
    ['config=0x11', INTEL, { config: 0x11n, config1: 0n, config2: 0n }],
    ['config1=18446744073709551615', new Map(), { config: 0n, config1: 0xffff_ffff_ffff_ffffn, config2: 0n }],
  ])('places %j', (terms, formats, words) => {
    expect(encodeEvent(terms, formats)).toEqual(words);
  });

  it.each([
    ['event=0x1ff', INTEL, 'does not fit into 8 bits'],
    ['edge=2', INTEL, 'does not fit into 1 bits'],
    ['event=0x1,core=?', INTEL, 'is not a term'],
    ['chip=1', INTEL, 'has no term "chip"'],
    ['', INTEL, 'is not a term'],
    ['event=0x1,,umask=1', INTEL, 'is not a term'],
    ['event=-1', INTEL, 'is not a term'],
    ['a', new Map([['a', 'config3:0-7']]), 'is not a format'],
    ['a', new Map([['a', 'config:7-0']]), 'are not bits'],
    ['a', new Map([['a', 'config:60-64']]), 'are not bits'],
    ['a', new Map([['a', 'config:0-7,3']]), 'names a bit twice'],
  ])('refuses %j', (terms, formats, message) => {
    expect(() => encodeEvent(terms, formats)).toThrow(PerfEventSyntaxError);
    expect(() => encodeEvent(terms, formats)).toThrow(message);
  });

  it('gives every term back bit by bit, whatever bits its format lists', () => {
    const words = ['config', 'config1', 'config2'] as const;
    const property = fc.property(
      fc.array(fc.bigInt(0n, 2n ** 64n - 1n), { minLength: 3, maxLength: 3 }),
      shuffledBits(),
      (values, shares) => {
        const formats = new Map<string, string>();
        const expected = new Map<string, bigint>();
        for (const [at, bits] of shares.entries()) {
          formats.set(`t${at}`, `${words[at] ?? ''}:${bits.join(',')}`);
          expected.set(`t${at}`, (values[at] ?? 0n) & ((1n << BigInt(bits.length)) - 1n));
        }
        const encoded = encodeEvent([...expected].map(([term, value]) => `${term}=0x${value.toString(16)}`).join(','), formats);
        for (const [at, bits] of shares.entries()) expect(decode(encoded[words[at] ?? 'config'], bits)).toBe(expected.get(`t${at}`));
      },
    );
    fc.assert(property);
  });

  it('gives words of 64 bits or its own error for any text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('event', 'umask', '=', ',', '0x', '1', 'f', '-', ':', 'config', ' ') }),
    );
    const property = fc.property(text, text, (terms, format) => {
      try {
        const { config, config1, config2 } = encodeEvent(terms, new Map([...INTEL, ['t', format]]));
        for (const word of [config, config1, config2]) expect(word >= 0n && word < 2n ** 64n).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(PerfEventSyntaxError);
      }
    });
    fc.assert(property, { numRuns: 500 });
  });
});

/** Three formats: bits of a word, each at most once, in any order. */
const shuffledBits = () =>
  fc.array(
    fc.shuffledSubarray(
      Array.from({ length: 64 }, (_, bit) => bit),
      { minLength: 1 },
    ),
    { minLength: 3, maxLength: 3 },
  );

function decode(word: bigint, bits: readonly number[]): bigint {
  return bits.reduce((value, bit, index) => value | (((word >> BigInt(bit)) & 1n) << BigInt(index)), 0n);
}
