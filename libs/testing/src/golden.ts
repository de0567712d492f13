import type { Metrics, Sample } from '@perfwatch/contract';

/** What a collector gave for one tick, with why the machine lacks what it lacks. */
export interface ContractTick {
  readonly sample: Sample;
  readonly unavailable: Readonly<Record<string, string>>;
}

function linesOf(metrics: Metrics): string[] {
  return Object.entries(metrics).flatMap(([name, value]) => {
    if (typeof value !== 'object' || value === null) return [`${name} ${value}`];
    return Object.entries(value).map(([instance, values]) => `${name}{${instance}} ${JSON.stringify(values)}`);
  });
}

/** Ticks as text that a person can compare: one line per metric and per instance. */
export function formatTicks(ticks: readonly ContractTick[]): string {
  const blocks = ticks.map(({ sample, unavailable }) => {
    const { metrics, ...rest } = sample;
    const reasons = Object.entries(unavailable).map(([path, reason]) => `# no ${path}: ${reason}`);
    return [`# ${JSON.stringify(rest)}`, ...linesOf(metrics), ...reasons].join('\n');
  });
  return `${blocks.join('\n\n')}\n`;
}
