import type { Metrics, Sample } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { Families } from './families.ts';
import { helpOf } from './metric-help.ts';
import { claimOwnFamilies } from './own-families.ts';
import { SampleFamilies, type SeriesLimits } from './sample-families.ts';

const sampleOf = (metrics: Metrics, { host = 'web-1', collector = 'x' } = {}): Sample => ({
  host,
  collector,
  ts: '2026-11-25T10:00:00.000Z',
  metrics,
});

async function write(samples: readonly Sample[], limits?: SeriesLimits) {
  const families = new Families();
  claimOwnFamilies(families);
  const describeMetric = (source: Parameters<typeof helpOf>[0]) => helpOf(source, undefined);
  const writer = new SampleFamilies({ families, describe: describeMetric, ...(limits === undefined ? {} : { limits }) });
  await writer.write(samples);
  return { lines: families.all().flatMap((family) => family.lines), leftOut: writer.leftOut, series: writer.series };
}

const cores = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, core) => [String(core), { usage_percent: core }]));

describe('Samples as series', () => {
  it('carry host and instance, in base units; null is absent', async () => {
    const { lines } = await write([
      sampleOf(
        { usage_percent: 12.5, temperature_celsius: null, core: { '0': { usage_percent: 50 }, '1': { usage_percent: null } } },
        { collector: 'cpu' },
      ),
    ]);
    expect(lines).toEqual(['perfwatch_cpu_usage_ratio{host="web-1"} 0.125', 'perfwatch_cpu_core_usage_ratio{host="web-1",core="0"} 0.5']);
  });

  it('of one name stand together, as the format wants them', async () => {
    const { lines } = await write(['a', 'b'].map((host) => sampleOf({ load_1m: 1, load_5m: 2 }, { host, collector: 'cpu' })));
    expect(lines.map((line) => line.split('{')[0])).toEqual(
      ['load_1m', 'load_1m', 'load_5m', 'load_5m'].map((name) => `perfwatch_cpu_${name}`),
    );
  });

  it('cannot be made to end a line, or to name another host, by an instance or a dimension', async () => {
    const { lines } = await write([sampleOf({ host: { '"} 1\n# EOF\\': { a_count: 1 } } })]);
    expect(lines).toEqual([String.raw`perfwatch_x_host_a{host="web-1",exported_host="\"} 1\n# EOF\\"} 1`]);
  });

  it('never share a name: the first has it, what comes to the same is counted', async () => {
    const samples = [
      sampleOf({ b_c_count: 1, used_percent: 1, used_ratio: 1 }, { collector: 'a' }),
      sampleOf({ c_count: 2 }, { collector: 'a-b' }),
      sampleOf({ c_count: 3 }, { collector: 'a_b' }),
      sampleOf({ cpu_percent: 4 }, { collector: 'process' }),
    ];
    const { lines, leftOut } = await write(samples);
    expect(lines).toEqual(['perfwatch_a_b_c{host="web-1"} 1', 'perfwatch_a_used_ratio{host="web-1"} 0.01']);
    expect(leftOut).toEqual({ hostLimit: 0, totalLimit: 0, nameTaken: 4 });
  });

  it('are no more than a host may have: its parts are left out, not its totals', async () => {
    const many = sampleOf({ core: cores(100) }, { collector: 'cpu' });
    const { lines, leftOut, series } = await write([many, sampleOf({ load_1m: 7 }, { collector: 'later' })], { perHost: 10, total: 1000 });
    expect(lines).toContain('perfwatch_later_load_1m{host="web-1"} 7');
    expect(series).toBe(10);
    expect(leftOut).toEqual({ hostLimit: 91, totalLimit: 0, nameTaken: 0 });
  });

  it('are no more than fit, host by host', async () => {
    const hosts = Array.from({ length: 5 }, (_, index) => sampleOf({ core: cores(8) }, { host: `web-${index}`, collector: 'cpu' }));
    const { leftOut, series } = await write(hosts, { perHost: 6, total: 20 });
    expect(series).toBe(20);
    expect(leftOut).toEqual({ hostLimit: 6, totalLimit: 14, nameTaken: 0 });
  });
});

describe('the help of a metric', () => {
  it('is what the catalog says, and where the metric is found in PerfWatch', () => {
    const source = { collector: 'cpu', dimension: 'core', metric: 'usage_percent' };
    expect(helpOf(source, { title: 'Busy', unit: 'percent', kind: 'rate', help: 'Share of the time.' })).toBe(
      'Busy. Share of the time. In PerfWatch: cpu.core.usage_percent / 100',
    );
    expect(helpOf({ collector: 'cpu', metric: 'frequency_mhz' }, undefined)).toBe('In PerfWatch: cpu.frequency_mhz * 1000000');
  });
});
