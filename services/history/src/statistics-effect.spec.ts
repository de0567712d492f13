import { describe, expect, it } from 'vitest';
import { seededNormal } from '../test/seeded-normal.ts';
import { compareMeans, type EffectVerdict } from './statistics-effect.ts';

const RUNS = 400;
const HOURS = 168;

type Process = (normal: () => number, count: number) => Float64Array;

/** Each number is `correlation` times the one before plus something new; standard deviation 1. */
const autoregressive =
  (correlation: number): Process =>
  (normal, count) => {
    let value = normal();
    return Float64Array.from({ length: count }, () => (value = correlation * value + Math.sqrt(1 - correlation ** 2) * normal()));
  };
const slowUnderNoise: Process = (normal, count) => autoregressive(0.95)(normal, count).map((value) => value + normal());
/** At work for some time, then at rest for longer. */
const bursts: Process = (normal, count) => {
  let isBusy = normal() > 0.84;
  return Float64Array.from({ length: count }, () => {
    if (Math.abs(normal()) > (isBusy ? 1.28 : 1.96)) isBusy = !isBusy;
    return (isBusy ? 5 : 0) + 0.3 * normal();
  });
};
const daily = (values: Float64Array) => values.map((value, hour) => value + 3 * Math.sin((2 * Math.PI * hour) / 24));
const plus = (values: Float64Array, shift: number) => values.map((value) => value + shift);

interface Trial {
  process: Process;
  count?: number;
  shift?: number;
  isPaired?: boolean;
}

function trials({ process, count = HOURS, shift = 0, isPaired = false }: Trial): EffectVerdict[] {
  const normal = seededNormal(count);
  return Array.from({ length: RUNS }, () => {
    const second = process(normal, count);
    const first = plus(process(normal, count), shift);
    return compareMeans({ first, second, differences: isPaired ? first.map((value, index) => value - (second[index] ?? NaN)) : null });
  });
}

const shareOf = (verdicts: readonly EffectVerdict[], holds: (verdict: EffectVerdict) => boolean) => verdicts.filter(holds).length / RUNS;
const covers = (size: number) => (verdict: EffectVerdict) =>
  verdict.effect !== null && verdict.effect.low <= size && size <= verdict.effect.high;
const isHigher = ({ verdict }: EffectVerdict) => verdict === 'higher';

describe('the 95 % interval of the effect', () => {
  it.each<[string, Process]>([
    ['independent numbers', autoregressive(0)],
    ['numbers that remember', autoregressive(0.5)],
    ['numbers that remember long', autoregressive(0.9)],
    ['slow movement under noise', slowUnderNoise],
    ['bursts of work', bursts],
  ])('covers no difference where there is none: %s', (_, process) => {
    // An hour of minutes cannot show what takes longer than that to come back.
    const least = (count: number) => (process !== slowUnderNoise ? 0.88 : count === 60 ? 0.7 : 0.85);
    for (const count of [60, HOURS, 720]) {
      for (const isPaired of [false, true]) {
        const share = shareOf(trials({ process, count, isPaired }), covers(0));
        expect(share, `${count} numbers, paired: ${isPaired}`).toBeGreaterThanOrEqual(least(count));
      }
    }
  });

  it.each([
    [0, 0.5],
    [0.5, 0.8],
    [0.9, 2],
  ])(
    'covers the true effect and finds it, where each resembles the one before by %d and the shift is %d deviations',
    (correlation, shift) => {
      const found = trials({ process: autoregressive(correlation), shift });
      expect(shareOf(found, covers(shift))).toBeGreaterThanOrEqual(0.88);
      expect(shareOf(found, isHigher)).toBeGreaterThanOrEqual(0.8);
    },
  );

  it('does not find a change where a naive test would', () => {
    const naive = trials({ process: autoregressive(0.9) }).filter(
      ({ effect }) => Math.abs(effect?.size ?? 0) > 1.96 * Math.sqrt(2 / HOURS),
    );
    expect(naive.length / RUNS).toBeGreaterThan(0.5);
    expect(shareOf(trials({ process: autoregressive(0.9) }), ({ verdict }) => verdict !== 'no_clear_change')).toBeLessThan(0.1);
  });

  it('sees a small change through what every day does, where both windows have the same times of day', () => {
    const process: Process = (normal, count) => daily(autoregressive(0.3)(normal, count));
    expect(shareOf(trials({ process, shift: 0.6, isPaired: true }), isHigher)).toBeGreaterThan(0.9);
    expect(shareOf(trials({ process, shift: 0.6 }), isHigher)).toBeLessThan(0.5);
  });

  it('says how large a large effect is, and which way it goes', () => {
    const found = trials({ process: autoregressive(0.5), shift: -20 });
    expect(shareOf(found, ({ verdict }) => verdict === 'lower')).toBe(1);
    expect(shareOf(found, covers(-20))).toBeGreaterThanOrEqual(0.88);
  });
});

describe('compareMeans at its limits', () => {
  const compare = (first: number[], second: number[]) =>
    compareMeans({ first: Float64Array.from(first), second: Float64Array.from(second), differences: null });
  const constant = (value: number) => new Array<number>(20).fill(value);
  const wave = (shift: number) => Array.from({ length: 20 }, (_, index) => shift + (index % 2));

  it('tells two constants apart, without an effect that could measure it', () => {
    expect(compare(constant(0.1), constant(0.3))).toEqual({ effect: null, verdict: 'lower' });
    expect(compare(constant(0.3), constant(0.1))).toEqual({ effect: null, verdict: 'higher' });
    expect(compare(constant(0.1), constant(0.1))).toEqual({ effect: { size: 0, low: 0, high: 0 }, verdict: 'no_clear_change' });
  });

  it('measures a constant against what varies', () => {
    expect(compare(constant(1), wave(0))).toMatchObject({ verdict: 'higher', effect: { size: expect.any(Number) } });
    expect(compare(constant(0.5), wave(0))).toMatchObject({ verdict: 'no_clear_change' });
  });

  it('measures a constant difference between the same times of day', () => {
    const first = Float64Array.from(wave(0.75));
    const second = Float64Array.from(wave(0));
    expect(compareMeans({ first, second, differences: first.map((value, index) => value - (second[index] ?? 0)) }).verdict).toBe('higher');
    expect(compareMeans({ first: second, second, differences: new Float64Array(20) }).effect).toEqual({ size: 0, low: 0, high: 0 });
  });

  it('knows nothing of a few numbers, of one, of none', () => {
    for (const count of [0, 1, 7]) {
      const few = wave(0).slice(0, count);
      expect(compare(few, wave(5))).toEqual({ effect: null, verdict: 'unknown' });
      expect(compare(wave(5), few)).toEqual({ effect: null, verdict: 'unknown' });
    }
  });

  it('takes windows of unlike length', () => {
    const long = Array.from({ length: 500 }, (_, index) => Math.sin(index * index));
    expect(compare(long, long.slice(0, 30)).verdict).toBe('no_clear_change');
    expect(
      compare(
        long,
        long.slice(0, 30).map((value) => value + 5),
      ).verdict,
    ).toBe('lower');
  });

  it('calls no random walk a change by its length alone', () => {
    const normal = seededNormal(3);
    const walk = () => {
      let value = 0;
      return Array.from({ length: HOURS }, () => (value += normal()) / 1000);
    };
    const found = Array.from({ length: 100 }, () => compare(walk(), walk()));
    expect(found.filter(({ verdict }) => verdict === 'no_clear_change').length).toBeGreaterThan(85);
  });
});
