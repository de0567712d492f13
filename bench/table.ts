/** One line of the benchmark table: what was measured, in one run, against what. */
export interface Figure {
  name: string;
  measured: string;
  target: string;
  holds: boolean;
}

/** Markdown, for the terminal and the README. */
export function markdownTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, measured, target, holds }) => `| ${name} | ${measured} | ${target} | ${holds ? 'yes' : '**no**'} |`);
  return ['| measured in one run | figure | target | holds |', '|---|---|---|---|', ...rows].join('\n');
}

export const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
export const milliseconds = (ms: number) => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
