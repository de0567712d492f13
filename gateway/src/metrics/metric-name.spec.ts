import { metricNameSchema } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { escapeLabel, familyNameOf, formatValue, labelNameOf } from './metric-name.ts';

describe('the name of a metric', () => {
  it.each([
    ['cpu', 'usage_percent', 'perfwatch_cpu_usage_ratio', 'ratio', 100],
    ['cpu', 'load_15m', 'perfwatch_cpu_load_15m', null, 1],
    ['cpu', 'frequency_mhz', 'perfwatch_cpu_frequency_hertz', 'hertz', 1e-6],
    ['cpu', 'temperature_celsius', 'perfwatch_cpu_temperature_celsius', 'celsius', 1],
    ['memory', 'used_bytes', 'perfwatch_memory_used_bytes', 'bytes', 1],
    ['network', 'recv_bytes_per_sec', 'perfwatch_network_recv_bytes_per_second', 'bytes_per_second', 1],
    ['network', 'recv_packets_per_sec', 'perfwatch_network_recv_packets_per_second', null, 1],
    ['network', 'tcp_listen_count', 'perfwatch_network_tcp_listen', null, 1],
    ['disk', 'read_latency_ms', 'perfwatch_disk_read_latency_seconds', 'seconds', 1000],
    ['perf-events', 'cpu_clock_ms_per_sec', 'perfwatch_perf_events_cpu_clock_seconds_per_second', 'seconds_per_second', 1000],
    ['perf-events', 'package_watts', 'perfwatch_perf_events_package_watts', 'watts', 1],
  ])('of %s, %s is %s', (collector, metric, name, unit, divisor) => {
    expect(familyNameOf({ collector, metric })).toEqual({ name, unit, divisor });
  });

  it('keeps what is of the parts apart from what is of the whole', () => {
    expect(familyNameOf({ collector: 'disk', dimension: 'device', metric: 'read_bytes_per_sec' }).name).toBe(
      'perfwatch_disk_device_read_bytes_per_second',
    );
  });

  it.each(['hugepages_total_count', 'total_count', 'a_sum_count', 'a_count_count', 'kernel_info_count', 'le_bucket_count'])(
    'of %s does not end in what means a type',
    (metric) => {
      expect(metricNameSchema.safeParse(metric).success).toBe(true);
      expect(familyNameOf({ collector: 'x', metric }).name).toMatch(/_(total|sum|count|info|bucket)_number$/);
    },
  );

  it.each(['-', '_', '0', 'A-Z', '9-lives', 'x'.repeat(63)])(
    'is one that Prometheus takes, whatever the collector is called: %s',
    (collector) => {
      for (const dimension of [{}, { dimension: 'host' }, { dimension: 'le' }, { dimension: 'a__b' }]) {
        const { name } = familyNameOf({ collector, ...dimension, metric: 'a_count' });
        expect(name).toMatch(/^[a-z_][a-z0-9_]*$/);
      }
    },
  );
});

describe('a label', () => {
  it('of a dimension never takes the place of the host', () => {
    expect(labelNameOf('host')).toBe('exported_host');
    expect(labelNameOf('device')).toBe('device');
  });

  it('holds any instance name without ending early', () => {
    const escaped = escapeLabel('a"} 1\n# EOF \\');
    expect(escaped).toBe(String.raw`a\"} 1\n# EOF \\`);
    expect(escapeLabel('/srv/Größe €')).toBe('/srv/Größe €');
  });
});

describe('a value', () => {
  it.each([
    [12.3, 100, '0.123'],
    [33.333, 100, '0.33333'],
    [0, 100, '0'],
    [2400, 1e-6, '2400000000'],
    [1.5, 1000, '0.0015'],
    [Number.MAX_VALUE, 1, '1.7976931348623157e+308'],
    [-0.5, 100, '-0.005'],
  ])('of %d divided by %d is %s', (value, divisor, text) => {
    expect(formatValue(value, divisor)).toBe(text);
  });

  it('is the quotient to its fifteenth digit', () => {
    for (let value = 0; value <= 100_000; value += 7) {
      expect(Number(formatValue(value / 1000, 100))).toBeCloseTo(value / 100_000, 12);
    }
  });
});
