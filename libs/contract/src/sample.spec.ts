import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMetricPath, forEachMetric, metricAt, sampleSchema, setMetricAt, unitOf, type MetricPath, type Metrics } from './index.ts';

const sample = {
  host: 'web-1',
  collector: 'disk',
  ts: '2026-11-23T19:20:31.000Z',
  run: 'k3f9x2',
  seq: 1234,
  interval_ms: 1000,
  elapsed_ms: 1000.12,
  status: 'ok',
  reason: null,
  metrics: {
    read_bytes_per_sec: 5242880,
    device: { vda: { read_bytes_per_sec: 5242880, read_latency_ms: null } },
    filesystem: { '/': { used_percent: 12.1 } },
  },
};

const reasonFor = (change: object) => sampleSchema.safeParse({ ...sample, ...change }).error?.issues[0]?.message;

describe('Sample', () => {
  it('takes the example of the contract as it is', () => {
    expect(sampleSchema.parse(sample)).toEqual(sample);
  });

  it('needs no more than host, collector, ts and metrics', () => {
    const { host, collector, ts } = sample;
    expect(sampleSchema.parse({ host, collector, ts, metrics: {} })).toEqual({ host, collector, ts, metrics: {} });
  });

  it('ignores fields it does not know', () => {
    expect(sampleSchema.parse({ ...sample, extra: 1 })).toEqual(sample);
  });

  it.each([
    ['a hostname with a dot', { host: 'web.1' }, /NATS subject/],
    ['a time without a zone', { ts: '2026-11-23T19:20:31' }, /with a zone/],
    ['a metric without a unit', { metrics: { speed: 1 } }, /end in its unit/],
    ['a metric in camelCase', { metrics: { usagePercent: 1 } }, /snake_case/],
    ['a metric that is nothing but a unit', { metrics: { _percent: 1 } }, /snake_case/],
    ['text as a value', { metrics: { usage_percent: '12' } }, /finite number/],
    ['an endless value', { metrics: { usage_percent: Infinity } }, /finite number/],
    ['a list as a dimension', { metrics: { core: [1] } }, /finite number, null or a dimension/],
    ['a dimension two levels deep', { metrics: { core: { 0: { socket: { usage_percent: 1 } } } } }, /snake_case|unit|one level deep/],
    ['a NUL in an instance', { metrics: { core: { 'a\0b': { usage_percent: 1 } } } }, /printable/],
    ['metrics that are a list', { metrics: [] }, /object of metrics/],
    ['an unknown status', { status: 'fine' }, /Invalid option/],
    ['a negative seq', { seq: -1 }, /./],
  ])('refuses %s and says why', (_, change, reason) => {
    expect(reasonFor(change)).toMatch(reason);
  });

  it('never lets a prototype through as an instance', () => {
    const metrics: unknown = JSON.parse('{"core": {"__proto__": {"usage_percent": 1}}}');
    expect(reasonFor({ metrics })).toMatch(/printable/);
  });

  it('refuses or takes anything without throwing', () => {
    fc.assert(fc.property(fc.anything({ withNullPrototype: true }), (value) => typeof sampleSchema.safeParse(value).success === 'boolean'));
    fc.assert(fc.property(fc.anything(), (metrics) => typeof sampleSchema.safeParse({ ...sample, metrics }).success === 'boolean'));
  });
});

describe('unitOf', () => {
  it.each([
    ['read_bytes_per_sec', 'bytes_per_sec'],
    ['forks_per_sec', 'per_sec'],
    ['load_15m', 'load'],
    ['load_2m', null],
    ['cpu_clock_ms_per_sec', 'per_sec'],
    ['toms', null],
    ['_ms', null],
  ])('%s is in %s', (name, unit) => {
    expect(unitOf(name)).toBe(unit);
  });
});

describe('metric paths', () => {
  it('are written as the contract shows them', () => {
    const paths: string[] = [];
    forEachMetric(sample.metrics, (path) => paths.push(formatMetricPath(path)));
    expect(paths).toEqual([
      'read_bytes_per_sec',
      'device.read_bytes_per_sec{device="vda"}',
      'device.read_latency_ms{device="vda"}',
      'filesystem.used_percent{filesystem="/"}',
    ]);
  });

  it('escape quotes and backslashes of an instance', () => {
    expect(formatMetricPath({ dimension: 'mount', instance: 'a"\\b', metric: 'used_percent' })).toBe(
      'mount.used_percent{mount="a\\"\\\\b"}',
    );
  });

  it('rebuild the metrics they were taken from', () => {
    const leaf = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null });
    const name = fc.constantFrom('a_percent', 'b_bytes', 'c_count');
    const instance = fc.constantFrom('0', '/', 'eth0', 'x y');
    const dimension = fc.dictionary(instance, fc.dictionary(name, leaf, { minKeys: 1 }), { minKeys: 1 });
    const metrics = fc.tuple(fc.dictionary(name, leaf), fc.dictionary(fc.constantFrom('core', 'device'), dimension));
    fc.assert(
      fc.property(metrics, ([plain, dimensions]) => {
        const original: Metrics = { ...plain, ...dimensions };
        const rebuilt: Metrics = {};
        const paths: MetricPath[] = [];
        forEachMetric(original, (path, value) => {
          paths.push(path);
          setMetricAt(rebuilt, path, value);
        });
        expect(rebuilt).toEqual(original);
        for (const path of paths) expect(metricAt(rebuilt, path)).toBe(metricAt(original, path));
      }),
    );
  });
});
