import type { Metrics, Sample } from '@perfwatch/contract';
import { describeCollector, type CollectorInfo } from '../catalog/describe.ts';

/** A tick of a fixture machine, as the golden files of the collectors keep it. For tests. */
export interface GoldenTick {
  sample: Sample;
  info: CollectorInfo;
}

/** Reads a golden file: a block of lines per tick, a line per metric or instance. */
export function goldenTicks(text: string): GoldenTick[] {
  return text.trim().split('\n\n').map(goldenTick);
}

function goldenTick(block: string): GoldenTick {
  const [head = '', ...lines] = block.split('\n');
  const metrics: Metrics = {};
  const unavailable: Record<string, string> = {};
  for (const line of lines) {
    const absence = /^# no (\S+): (.*)$/.exec(line);
    const instance = /^(\w+)\{(.*)\} (\{.*\})$/.exec(line);
    const plain = /^(\w+) (\S+)$/.exec(line);
    if (absence?.[1] !== undefined) unavailable[absence[1]] = absence[2] ?? '';
    else if (instance?.[1] !== undefined) {
      const dimension = (metrics[instance[1]] ??= {}) as Record<string, Record<string, number | null>>;
      dimension[instance[2] ?? ''] = JSON.parse(instance[3] ?? '{}') as Record<string, number | null>;
    } else if (plain?.[1] !== undefined) metrics[plain[1]] = JSON.parse(plain[2] ?? 'null') as number | null;
  }
  const sample = { ...(JSON.parse(head.slice(2)) as Sample), metrics };
  const described = describeCollector(sample.collector, null, metrics);
  const withReason = <T extends { name: string }>(item: T, path: string) => ({ ...item, unavailable: unavailable[path] ?? null });
  const names = new Set(described.metrics.map(({ name }) => name));
  const lacking = Object.keys(unavailable).filter((path) => !path.includes('.') && !names.has(path) && metrics[path] === undefined);
  const info: CollectorInfo = {
    ...described,
    metrics: [
      ...described.metrics.map((metric) => withReason(metric, metric.name)),
      ...lacking.map((name) => ({ name, title: name, unit: null, help: null, source: null, unavailable: unavailable[name] ?? null })),
    ],
    dimensions: described.dimensions.map((dimension) => ({
      ...withReason(dimension, dimension.name),
      metrics: dimension.metrics.map((metric) => withReason(metric, `${dimension.name}.${metric.name}`)),
    })),
  };
  return { sample, info };
}
