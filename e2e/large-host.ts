import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { forEachMetric, sampleSchema, setMetricAt, type Metrics, type Sample } from '@perfwatch/contract';

const ROOT = path.resolve(import.meta.dirname, '..');
const GOLDEN = 'services/collectors/*/src/golden/server-128-cpus.txt';
/** How far a value goes up and down from what was recorded. */
const SWING = 0.4;
/** Sizes of things, which stay as they are. */
const CONSTANT = /_(count|bytes)$/;

/** The newest tick of a golden file, which libs/testing/src/golden.ts writes. */
function recordedTick(text: string): Sample {
  const [head = '', ...lines] = (text.trim().split('\n\n').at(-1) ?? '').split('\n');
  const values: Record<string, unknown> = {};
  const dimensions: Record<string, Record<string, unknown>> = {};
  for (const line of lines) {
    const [, dimension, instance = '', metrics = ''] = /^(\w+)\{(.*)\} (\{.*\})$/.exec(line) ?? [];
    const [, metric, value = ''] = /^(\w+) (\S+)$/.exec(line) ?? [];
    if (dimension !== undefined) (dimensions[dimension] ??= {})[instance] = JSON.parse(metrics);
    else if (metric !== undefined) values[metric] = JSON.parse(value);
  }
  const about: unknown = JSON.parse(head.slice(2));
  return sampleSchema.parse(Object.assign({}, about, { metrics: { ...values, ...dimensions } }));
}

/** Recorded values at a tick: each goes up and down at a pace of its own, shares up to 100. */
function movedMetrics(recorded: Metrics, tick: number): Metrics {
  const metrics: Metrics = {};
  let place = 0;
  forEachMetric(recorded, (metricPath, value) => {
    place += 1;
    const moved = CONSTANT.test(metricPath.metric) ? value : (value ?? 0) * (1 + SWING * Math.sin(tick / (5 + (place % 23)) + place));
    const most = metricPath.metric.endsWith('_percent') ? 100 : Infinity;
    setMetricAt(metrics, metricPath, value === null ? null : Math.round(1000 * Math.min(most, moved ?? 0)) / 1000);
  });
  return metrics;
}

/** What all collectors say of a server with 128 CPUs, tick by tick, from what they recorded of one. */
export function largeHostMetrics(): (tick: number) => Record<string, Metrics> {
  const recorded = globSync(GOLDEN, { cwd: ROOT }).map((file) => recordedTick(readFileSync(path.join(ROOT, file), 'utf8')));
  return (tick) => Object.fromEntries(recorded.map(({ collector, metrics }) => [collector, movedMetrics(metrics, tick)]));
}
