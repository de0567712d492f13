import { metricAt, unitOf, type MetricPath, type Sample } from '@perfwatch/contract';
import { printable } from '../terminal.ts';
import { bar, plain, styled, type Line } from './paint.ts';
import { quantity } from './quantity.ts';
import type { UnusualMetric } from './unusual-metrics.ts';

/** The newest Samples of a host, by collector. */
export type HostSamples = ReadonlyMap<string, Sample>;

export interface TopView {
  host: string;
  samples: HostSamples;
  unusual: readonly UnusualMetric[];
  columns: number;
  /** Lines there is room for. */
  rows: number;
}

const NAME_WIDTH = 9;
/** Parts of the machine (devices, interfaces, file systems) that are listed, the busiest first. */
const MAX_PARTS = 4;
const MAX_CORE_LINES = 8;

const title = (text: string) => styled('title', text.padEnd(NAME_WIDTH));
const label = (text: string) => styled('dim', `${text} `);

/** Reads one host's numbers. */
class Reader {
  readonly #samples: HostSamples;

  constructor(samples: HostSamples) {
    this.#samples = samples;
  }

  number(collector: string, path: MetricPath): number | null {
    const sample = this.#samples.get(collector);
    return sample === undefined ? null : (metricAt(sample.metrics, path) ?? null);
  }

  text(collector: string, metric: string): string {
    return quantity(this.number(collector, { metric }), unitOf(metric));
  }

  instances(collector: string, dimension: string): string[] {
    const entry = this.#samples.get(collector)?.metrics[dimension];
    return typeof entry === 'object' && entry !== null ? Object.keys(entry) : [];
  }
}

type Section = (reader: Reader, columns: number) => Line[];

const labelled = (reader: Reader, collector: string, metrics: Readonly<Record<string, string>>): Line =>
  Object.entries(metrics).flatMap(([words, metric]) => [label(words), plain(`${reader.text(collector, metric)}   `)]);

function barLine(name: string, percent: number | null, { columns, rest }: { columns: number; rest: Line }): Line {
  const width = Math.max(10, Math.min(40, columns - 60));
  return [title(name), ...bar(percent, width), plain(` ${quantity(percent, 'percent').padStart(7)}   `), ...rest];
}

const cpuSection: Section = (reader, columns) => {
  const modes = { user: 'user_percent', system: 'system_percent', iowait: 'iowait_percent', steal: 'steal_percent' };
  const usage = reader.number('cpu', { metric: 'usage_percent' });
  return [barLine('CPU', usage, { columns, rest: labelled(reader, 'cpu', modes) }), ...coreLines(reader, columns)];
};

const CORE_WIDTH = 25;
const CORE_BAR_WIDTH = 10;

/** Each CPU in as many columns as there is room for. */
function coreLines(reader: Reader, columns: number): Line[] {
  const cores = reader.instances('cpu', 'core');
  const perLine = Math.max(1, Math.floor((columns - NAME_WIDTH) / CORE_WIDTH));
  const shown = cores.slice(0, perLine * MAX_CORE_LINES);
  const lines: Line[] = [];
  for (let first = 0; first < shown.length; first += perLine) {
    const cells = shown.slice(first, first + perLine).flatMap((core) => {
      const percent = reader.number('cpu', { metric: 'usage_percent', dimension: 'core', instance: core });
      const figure = quantity(percent, 'percent').padStart(8);
      return [label(core.padStart(3)), ...bar(percent, CORE_BAR_WIDTH), plain(`${figure} `.padEnd(CORE_WIDTH - CORE_BAR_WIDTH - 6))];
    });
    lines.push([plain(' '.repeat(NAME_WIDTH)), ...cells]);
  }
  if (shown.length < cores.length) lines.push([plain(' '.repeat(NAME_WIDTH)), label(`and ${cores.length - shown.length} CPUs more`)]);
  return lines;
}

const memorySection: Section = (reader, columns) => {
  const of = (used: string, total: string) => plain(`${reader.text('memory', used)} of ${reader.text('memory', total)}   `);
  const memory = [of('used_bytes', 'total_bytes'), ...labelled(reader, 'memory', { cached: 'cached_bytes' })];
  const lines = [barLine('Memory', reader.number('memory', { metric: 'usage_percent' }), { columns, rest: memory })];
  const swapTotal = reader.number('memory', { metric: 'swap_total_bytes' }) ?? 0;
  if (swapTotal === 0) return lines;
  const swap = reader.number('memory', { metric: 'swap_usage_percent' });
  return [...lines, barLine('Swap', swap, { columns, rest: [of('swap_used_bytes', 'swap_total_bytes')] })];
};

const pressureSection: Section = (reader) => [
  [
    title('Pressure'),
    ...labelled(reader, 'pressure', {
      cpu: 'cpu_some_percent',
      memory: 'memory_some_percent',
      'i/o': 'io_some_percent',
      'memory full': 'memory_full_percent',
    }),
  ],
];

interface Parts {
  collector: string;
  dimension: string;
  /** What they are ordered by, most first, all together. */
  busiestBy: readonly string[];
  metrics: Readonly<Record<string, string>>;
}

function partLines(reader: Reader, { collector, dimension, busiestBy, metrics }: Parts): Line[] {
  const at = (instance: string, metric: string) => reader.number(collector, { metric, dimension, instance });
  const activity = (instance: string) => busiestBy.reduce((sum, metric) => sum + (at(instance, metric) ?? 0), 0);
  const busiest = reader.instances(collector, dimension).toSorted((a, b) => activity(b) - activity(a) || a.localeCompare(b));
  return busiest
    .slice(0, MAX_PARTS)
    .map((instance) => [
      plain(`${' '.repeat(NAME_WIDTH)}${printable(instance).slice(0, 23).padEnd(24)}`),
      ...Object.entries(metrics).flatMap(([words, metric]) => [
        label(words),
        plain(quantity(at(instance, metric), unitOf(metric)).padEnd(13)),
      ]),
    ]);
}

const networkSection: Section = (reader) => {
  const rates = { received: 'recv_bytes_per_sec', sent: 'sent_bytes_per_sec' };
  const totals = labelled(reader, 'network', { ...rates, connections: 'connection_count', retransmits: 'tcp_retransmits_per_sec' });
  const parts = { collector: 'network', dimension: 'interface', busiestBy: Object.values(rates), metrics: rates };
  return [[title('Network'), ...totals], ...partLines(reader, parts)];
};

const diskSection: Section = (reader) => {
  const rates = { read: 'read_bytes_per_sec', written: 'write_bytes_per_sec' };
  const devices = {
    collector: 'disk',
    dimension: 'device',
    busiestBy: ['utilization_percent'],
    metrics: { ...rates, busy: 'utilization_percent' },
  };
  const sizes = { used: 'used_percent', free: 'available_bytes' };
  const filesystems = { collector: 'disk', dimension: 'filesystem', busiestBy: ['used_percent'], metrics: sizes };
  const operations = { reads: 'read_ops_per_sec', writes: 'write_ops_per_sec' };
  return [
    [title('Disk'), ...labelled(reader, 'disk', { ...rates, ...operations })],
    ...partLines(reader, devices),
    ...partLines(reader, filesystems),
  ];
};

function headline({ host, samples }: TopView, reader: Reader): Line {
  const newest = [...samples.values()].map(({ ts }) => Date.parse(ts)).reduce((a, b) => Math.max(a, b), 0);
  const time = new Date(newest).toISOString().replace('T', ' ').slice(0, 19);
  const loads = ['load_1m', 'load_5m', 'load_15m'].map((metric) => reader.text('cpu', metric)).join(' ');
  return [
    styled('bold', host),
    plain(`   ${time} UTC   `),
    label('load'),
    plain(`${loads}   `),
    label('CPUs'),
    plain(reader.text('cpu', 'core_count')),
  ];
}

function unusualLines(unusual: readonly UnusualMetric[]): Line[] {
  const lines = unusual.map(({ collector, path, metric, value, mean }): Line => {
    const unit = unitOf(metric);
    return [
      plain(`${' '.repeat(NAME_WIDTH)}${printable(`${collector}.${path}`).padEnd(48)} `),
      styled('warn', quantity(value, unit).padEnd(14)),
      label(`usually ${quantity(mean, unit)}`),
    ];
  });
  return lines.length === 0 ? [] : [[title('Unusual')], ...lines];
}

/** Collectors that do not give all that they could, with their reason. */
function troubleLines(samples: HostSamples): Line[] {
  const troubled = [...samples.values()].filter(({ status = 'ok' }) => status !== 'ok');
  const lines = troubled.map(({ collector, status = '', reason }): Line => {
    const words = printable(reason ?? '');
    return [
      plain(' '.repeat(NAME_WIDTH)),
      plain(`${collector} `),
      styled(status === 'error' ? 'bad' : 'warn', status),
      plain(`  ${words}`),
    ];
  });
  return lines.length === 0 ? [] : [[title('Missing')], ...lines];
}

/** What a terminal shows of a host: no more lines than there is room for. */
export function topLines(view: TopView): Line[] {
  const reader = new Reader(view.samples);
  const sections = [cpuSection, memorySection, pressureSection, networkSection, diskSection].flatMap((section) =>
    section(reader, view.columns),
  );
  return [headline(view, reader), [], ...sections, ...unusualLines(view.unusual), ...troubleLines(view.samples)].slice(0, view.rows);
}
