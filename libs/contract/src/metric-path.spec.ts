import { describe, expect, it } from 'vitest';
import { forEachMetric, formatMetricPath, metricAt, setMetricAt, type MetricPath } from './metric-path.ts';
import type { Metrics } from './sample.ts';

describe('metric paths', () => {
  it('find again what was set, whatever an instance or a dimension is called', () => {
    const paths: MetricPath[] = [
      { metric: 'usage_percent' },
      ...['0', 'toString', 'valueOf', 'hasOwnProperty'].map((instance) => ({ dimension: 'core', instance, metric: 'usage_percent' })),
      { dimension: 'constructor', instance: 'toString', metric: 'a_count' },
    ];
    const metrics: Metrics = {};
    for (const path of paths) expect(metricAt(metrics, path)).toBeUndefined();
    paths.forEach((path, index) => setMetricAt(metrics, path, index));
    expect(paths.map((path) => metricAt(metrics, path))).toEqual([...paths.keys()]);
    const seen: MetricPath[] = [];
    forEachMetric(metrics, (path) => seen.push(path));
    expect(seen).toEqual(paths);
  });

  it('are written with quotes and backslashes escaped', () => {
    expect(formatMetricPath({ metric: 'load_1m' })).toBe('load_1m');
    expect(formatMetricPath({ dimension: 'filesystem', instance: 'a"b\\c', metric: 'used_percent' })).toBe(
      'filesystem.used_percent{filesystem="a\\"b\\\\c"}',
    );
  });
});
