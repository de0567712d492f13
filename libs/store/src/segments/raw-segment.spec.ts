import { setMetricAt, type MetricPath, type Metrics } from '@perfwatch/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RawSegmentBuilder } from './raw-segment-builder.ts';
import { RawSegment } from './raw-segment.ts';
import type { StoredSample } from './stored-sample.ts';

const HOUR_MS = 3_600_000;
const baseMs = Date.UTC(2026, 10, 23, 19);

const names: MetricPath[] = [
  ...['usage_percent', 'load_1m', 'a_count', 'constructor'].map((metric) => ({ metric })),
  ...['0', '10', 'toString', '/mnt/a "b"\\c', 'ü漢字', '💽', ' '].flatMap((instance) => [
    { dimension: 'core', instance, metric: 'usage_percent' },
    { dimension: 'constructor', instance, metric: 'a_count' },
    // What is a metric in one Sample and a dimension in the next.
    { dimension: 'load_1m', instance, metric: 'toString' },
  ]),
];
const extremes = [5e-324, -5e-324, 1.5e308, -1.7976931348623157e308, 2 ** 53 + 2, 2 ** 53 + 4, -(2 ** 53), 0.1, 1 / 3, 123_456.789, 1e21];
const value = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -100_000, max: 100_000 }).map((whole) => whole / 1000) },
  { weight: 2, arbitrary: fc.constant(null) },
  fc.integer(),
  fc.constantFrom(...extremes),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const unsigned = (number: number | null) => (number === 0 ? 0 : number);
const metricsArbitrary = fc.array(fc.tuple(fc.constantFrom(...names), value.map(unsigned)), { maxLength: 12 }).map((leaves) => {
  const metrics: Metrics = {};
  for (const [path, number] of leaves) setMetricAt(metrics, path, number);
  return metrics;
});
const hollowMetrics = fc.constantFrom<Metrics>(
  {},
  { core: {} },
  { core: { '0': {} } },
  { core: { '0': {}, '1': { usage_percent: null } } },
);
const sampleArbitrary = fc.record({
  tsMs: fc.integer({ min: 0, max: HOUR_MS - 1 }).map((offsetMs) => baseMs + offsetMs),
  run: fc.constantFrom(null, 'a', 'b'),
  seq: fc.option(fc.oneof(fc.nat(), fc.constant(2 ** 53 - 1))),
  intervalMs: fc.constantFrom(null, 1000, 100, 0.5),
  elapsedMs: fc.option(fc.double({ min: 0.001, max: 1e6, noNaN: true })),
  status: fc.constantFrom(null, 'ok', 'partial'),
  reason: fc.option(fc.string()),
  metrics: fc.oneof({ weight: 5, arbitrary: metricsArbitrary }, hollowMetrics),
});
const samplesArbitrary = fc
  .uniqueArray(sampleArbitrary, { minLength: 1, maxLength: 40, selector: ({ tsMs }) => tsMs })
  .map((samples) => samples.sort((one, other) => one.tsMs - other.tsMs));

function encode(samples: readonly StoredSample[]) {
  const builder = new RawSegmentBuilder();
  for (const sample of samples) builder.add(sample);
  return builder.build();
}

function expectSame(samples: readonly StoredSample[]): void {
  const segment = RawSegment.open(encode(samples).data);
  expect(Array.from(segment.times, (_, index) => segment.sampleAt(index))).toEqual(samples);
}

const sampleAt = (index: number, metrics: Metrics, change: Partial<StoredSample> = {}): StoredSample => ({
  tsMs: baseMs + index * 1000,
  run: 'a',
  seq: index,
  intervalMs: 1000,
  elapsedMs: index === 0 ? null : 1000 + ((index * 7919) % 997) / 1000,
  status: 'ok',
  reason: null,
  metrics,
  ...change,
});
const sequence = (count: number) => Array.from({ length: count }, (_, index) => index);
/** The same numbers every time: 0 up to 1. */
function* randomNumbers(seed: number) {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}
const withoutMinusZero = (metrics: Metrics) => JSON.parse(JSON.stringify(metrics)) as Metrics;
const thousandth = (number: number) => Math.round(number * 1000) / 1000;

/** Ways in which numbers go on in an hour. */
const courses: Record<string, (random: () => number, sample: { index: number; elapsedMs: number | null }) => number | null> = {
  constant_count: () => 42,
  noise_percent: (random) => thousandth(random() * 100),
  negative_celsius: (random) => thousandth(random() * 80 - 40),
  few_percent: (random) => thousandth((100 * Math.floor(random() * 40)) / 101),
  many_percent: (random) => thousandth((100 * Math.floor(random() * 600)) / 997),
  counter_bytes: (random, { index }) => 1e12 + index * 4096 + 4096 * Math.floor(random() * 9),
  events_per_sec: (random, { elapsedMs }) => (elapsedMs === null ? null : thousandth((Math.floor(random() * 9000) * 1000) / elapsedMs)),
  busy_percent: (random, { elapsedMs }) => (elapsedMs === null ? null : thousandth((Math.floor(random() * 1000) * 100) / elapsedMs)),
  nearly_per_sec: (random, { elapsedMs }) =>
    elapsedMs === null ? 7.25 : thousandth((Math.floor(random() * 90) * 1000) / elapsedMs + (random() < 0.05 ? 0.001 : 0)),
  exact_ratio: (random) => random() - 0.5,
  binary_ratio: (random) => 1 + Math.floor(random() * 2 ** 30) / 2 ** 36,
  large_bytes: (random) => 2 ** 60 * (1 + Math.floor(random() * 100)),
  sparse_ms: (random) => (random() < 0.8 ? null : thousandth(random() * 10)),
  tiny_ms: (random) => random() * 1e-300,
};

describe('a raw segment', () => {
  it('gives back every Sample that was put into it', () => {
    fc.assert(fc.property(samplesArbitrary, expectSame), { numRuns: 300 });
  });

  it('gives back numbers that go on in whatever way, from a few to thousands', () => {
    for (const count of [1, 2, 300, 2500]) {
      const random = randomNumbers(count);
      const next = () => random.next().value ?? 0;
      const samples = sequence(count).map((index) => {
        const used = 4096 * Math.floor(next() * 1e6);
        const sample = sampleAt(index, { used_bytes: used, free_bytes: 2 ** 34 - used, cached_bytes: used + 4096 * (index % 3) });
        for (const [name, course] of Object.entries(courses)) {
          const number = course(next, { index, elapsedMs: sample.elapsedMs });
          sample.metrics[name] = number;
          if (next() < 0.9) setMetricAt(sample.metrics, { dimension: 'device', instance: 'vda', metric: name }, number);
        }
        return sample;
      });
      expectSame(samples);
    }
  });

  it('gives back columns that have the same few numbers, far from each other', () => {
    const random = randomNumbers(7);
    const next = () => random.next().value ?? 0;
    const few = sequence(200).map(() => thousandth(next() * 1e9));
    expectSame(
      sequence(1500).map((index) =>
        sampleAt(index, Object.fromEntries(sequence(20).map((metric) => [`m${metric}_percent`, few[Math.floor(next() * 200)] ?? 0]))),
      ),
    );
  });

  it('gives back numbers that others tell of, whatever they are made of', () => {
    const names = Object.keys(courses);
    const mixed = fc.record({
      parts: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }),
      whole: fc.constantFrom(0, 100, 2 ** 40),
    });
    const scale = fc.constantFrom(1, -1, 0.5, 3, 1024, 1 / 37);
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2, max: 600 }), mixed, scale, (seed, count, { parts, whole }, factor) => {
        const random = randomNumbers(seed);
        const next = () => random.next().value ?? 0;
        const samples = sequence(count).map((index) => {
          const { elapsedMs } = sampleAt(index, {});
          const all = Object.fromEntries(names.map((name) => [name, courses[name]?.(next, { index, elapsedMs }) ?? null]));
          const sum = parts.reduce((left, name) => left - factor * (all[name] ?? 0), whole);
          return sampleAt(index, {
            ...all,
            z: { of: { exact_count: sum, rounded_count: thousandth(sum), near_count: thousandth(sum + next() / 50) } },
          });
        });
        expectSame(samples.map((sample) => ({ ...sample, metrics: withoutMinusZero(sample.metrics) })));
      }),
      { numRuns: 60 },
    );
  });

  it('takes hardly anything for what others tell', () => {
    const random = randomNumbers(7);
    const next = () => Math.floor((random.next().value ?? 0) * 1e9);
    const plain = sequence(1000).map(() => ({ used_bytes: 4096 * next(), cached_bytes: 4096 * Math.floor(next() / 1000) }));
    const told = plain.map(({ used_bytes, cached_bytes }) => ({
      ...{
        used_bytes,
        cached_bytes,
        free_bytes: 2 ** 43 - used_bytes - cached_bytes,
        cached_percent: thousandth((100 * cached_bytes) / 2 ** 43),
      },
      node: { '0': { used_bytes } },
    }));
    const bytesOf = (metrics: readonly Metrics[]) => encode(metrics.map((of, index) => sampleAt(index, of))).data.length;
    expect(bytesOf(told) - bytesOf(plain)).toBeLessThan(400);
  });

  it('takes -0 for 0', () => {
    const segment = RawSegment.open(encode([sampleAt(0, { a_count: -0 }), sampleAt(1, { a_count: 1.5 })]).data);
    expect(Math.abs(segment.sampleAt(0).metrics.a_count as number)).toBe(0);
  });

  it('tells what is absent from what is null', () => {
    const segment = RawSegment.open(
      encode([{ a_count: 1 }, { a_count: null }, {}, { a_count: 2 }].map((metrics, index) => sampleAt(index, metrics))).data,
    );
    expect(segment.paths).toEqual([{ metric: 'a_count' }]);
    expect(segment.column(0)).toEqual({ values: Float64Array.of(1, NaN, NaN, 2), states: Uint8Array.of(2, 1, 0, 2) });
  });

  it('has no states where there is a number in every Sample, and tells how much it holds', () => {
    const { data, ...told } = encode([sampleAt(3, { a_count: 1, b_count: null }), sampleAt(5, { a_count: 2.5 })]);
    const segment = RawSegment.open(data);
    expect(told).toEqual({ sampleCount: 2, numberCount: 2, firstMs: baseMs + 3000, lastMs: baseMs + 5000 });
    expect([...segment.times]).toEqual([told.firstMs, told.lastMs]);
    expect(segment.column(0)).toEqual({ values: Float64Array.of(1, 2.5), states: null });
  });

  it('gives one list of paths to all segments that have the same, in whatever order their Samples named them', () => {
    const one = RawSegment.open(encode([sampleAt(0, { a_count: 1, b_count: 2 })]).data);
    const other = RawSegment.open(encode([sampleAt(1, { b_count: 1 }), sampleAt(2, { a_count: 1 })]).data);
    expect(other.paths).toBe(one.paths);
    expect(other.sampleAt(1).metrics).toEqual({ a_count: 1 });
  });

  it('reads Samples in any order', () => {
    const samples = sequence(50).map((index) => sampleAt(index, index % 7 === 0 ? {} : { a_count: index % 3 === 0 ? null : index }));
    const segment = RawSegment.open(encode(samples).data);
    for (const index of [49, 0, 7, 6, 21, 20, 48]) expect(segment.sampleAt(index)).toEqual(samples[index]);
    expect(() => segment.sampleAt(50)).toThrow(RangeError);
    expect(() => segment.column(1)).toThrow(RangeError);
  });

  it('holds tens of thousands of paths that come and go', () => {
    const samples = sequence(20).map((index) => {
      const process: Record<string, Record<string, number>> = {};
      for (let pid = 1000 * index; pid < 1000 * index + 1500; pid += 1) process[`${pid}`] = { rss_bytes: 4096 * (pid % 1009) };
      return sampleAt(index, { process });
    });
    const builder = new RawSegmentBuilder();
    for (const sample of samples) builder.add(sample);
    expect(builder.cellCount).toBe(30_000);
    const segment = RawSegment.open(builder.build().data);
    expect(segment.paths).toHaveLength(20_500);
    expect(sequence(20).map((index) => segment.sampleAt(index))).toEqual(samples);
  });

  it('refuses a Sample that is not after the one before it, and to be built of none', () => {
    const builder = new RawSegmentBuilder();
    expect(() => builder.build()).toThrow(RangeError);
    builder.add(sampleAt(1, {}));
    expect(() => builder.add(sampleAt(1, {}))).toThrow(RangeError);
  });

  it('takes under 0.3 bytes a number for a noisy hour like that of a real collector', () => {
    const random = randomNumbers(1);
    const next = () => random.next().value ?? 0;
    const samples = sequence(3600).map((index) => {
      const sample = sampleAt(index, {
        events_per_sec: courses.events_per_sec?.(next, { index, elapsedMs: sampleAt(index, {}).elapsedMs }) ?? null,
      });
      for (let metric = 0; metric < 40; metric += 1) {
        // Most of what a machine tells hardly changes; some of it is noise.
        const number =
          metric < 20
            ? 0
            : metric < 30
              ? 4096 * Math.floor(index / 60 + metric)
              : thousandth((100 * Math.floor(next() * 9)) / (98 + Math.floor(next() * 5)));
        sample.metrics[`m${metric}_percent`] = number;
      }
      return sample;
    });
    const { data, numberCount } = encode(samples);
    expect(numberCount).toBe(3600 * 41 - 1);
    expect(data.length / numberCount).toBeLessThan(0.3);
  });
});
