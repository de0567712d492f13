import type { MetricKind, Unit } from '@perfwatch/contract';
import { SERVICES } from '@perfwatch/launcher';
import type { Collector, CollectorDefinition, MetricDeclarations, ServiceDefinition } from '@perfwatch/service-kit';
import { format, resolveConfig } from 'prettier';

const KINDS: Readonly<Record<MetricKind, string>> = { gauge: 'state', rate: 'over the interval' };

const UNITS: Readonly<Record<Unit, string>> = {
  bytes_per_sec: 'bytes/s',
  per_sec: '1/s',
  percent: '%',
  bytes: 'bytes',
  seconds: 's',
  celsius: '°C',
  watts: 'W',
  ratio: 'ratio',
  count: 'count',
  mhz: 'MHz',
  ms: 'ms',
  load: 'load',
};

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

const isCollector = (definition: ServiceDefinition): definition is CollectorDefinition => 'collector' in definition;

/** Every collector there is, in the order of the launcher's list. */
export async function allCollectors(): Promise<Collector[]> {
  const definitions = await Promise.all(Object.values(SERVICES).map((entry) => entry.load()));
  return definitions.filter(isCollector).map(({ collector }) => collector);
}

function metricTable(metrics: MetricDeclarations): string {
  const rows = Object.entries(metrics).map(([name, { title, unit, kind, help, source }]) => {
    const meaning = help === undefined ? title : `${title}. ${help}`;
    return `| \`${name}\` | ${UNITS[unit]} | ${KINDS[kind]} | ${cell(meaning)} | ${cell(source ?? '')} |`;
  });
  return ['| metric | unit | kind | meaning, and when it is absent | source |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

/** The first letter of a sentence. */
const capitalized = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const asMarkdown = async (text: string): Promise<string> =>
  format(text, { ...(await resolveConfig(import.meta.filename)), parser: 'markdown' });

/** A collector's page in docs/collectors, made from what it declares. */
export function collectorPage({ name, title, help, metrics, dimensions }: Collector): Promise<string> {
  const parts = [
    `# ${title}`,
    `${help ?? title}.`,
    `Subject \`perfwatch.v1.metrics.<host>.${name}\`, service \`perfwatch run ${name}\`.`,
    'Besides what is said below, a metric is absent or `null` where a machine cannot tell it; its catalog says why, and what to do about it.',
  ];
  if (Object.keys(metrics).length > 0) parts.push('## Of the whole machine', metricTable(metrics));
  for (const [dimension, { title: instance, help: about, metrics: own }] of Object.entries(dimensions)) {
    parts.push(`## Per \`${dimension}\``, `${capitalized(about ?? instance)}.`, metricTable(own));
  }
  return asMarkdown(parts.join('\n\n'));
}

/** The page that lists them. */
export function collectorIndex(collectors: readonly Collector[]): Promise<string> {
  const rows = collectors.map(({ name, title, help }) => `| [${title}](${name}.md) | \`${name}\` | ${cell(help ?? '')} |`);
  const text = `# What is collected

These pages are made from what each collector declares, which is also what it publishes as its catalog.

A metric of the kind *state* is what was true at the tick. One *over the interval* is a difference divided by the time that really passed, so it is
\`null\` at the first tick, after its counter was reset and after its instance came back. Whatever a machine cannot tell is absent or \`null\`, never 0, and
\`GET /api/catalog?host=\` says why under \`unavailable\`, with the cure where there is one.

| page | collector | what it is about |
| --- | --- | --- |
${rows.join('\n')}
`;
  return asMarkdown(text);
}
