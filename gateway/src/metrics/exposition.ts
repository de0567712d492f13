/** Series of one name with what is said of them. */
export interface Family {
  /** Without the `_total` of a counter. */
  name: string;
  type: 'gauge' | 'counter';
  help: string;
  unit: string | null;
  /** `name{label="value"} 1`, of a counter with `_total`. */
  lines: string[];
}

/** Formats that Prometheus reads. */
export type Format = 'openmetrics' | 'text';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  text: 'text/plain; version=0.0.4; charset=utf-8',
};

const escapeHelp = (help: string, format: Format): string => {
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return format === 'openmetrics' ? escaped.replaceAll('"', '\\"') : escaped;
};

function heading({ name, type, help, unit }: Family, format: Format): string {
  const told = format === 'text' && type === 'counter' ? `${name}_total` : name;
  const lines = [`# HELP ${told} ${escapeHelp(help, format)}`, `# TYPE ${told} ${type}`];
  if (format === 'openmetrics' && unit !== null) lines.push(`# UNIT ${told} ${unit}`);
  return lines.join('\n');
}

/** The families that have series, as OpenMetrics 1.0 or as Prometheus' text 0.0.4. */
export function expositionOf(families: Iterable<Family>, format: Format): string {
  const parts: string[] = [];
  for (const family of families) {
    if (family.lines.length > 0) parts.push(heading(family, format), family.lines.join('\n'));
  }
  if (format === 'openmetrics') parts.push('# EOF');
  return `${parts.join('\n')}\n`;
}

interface Preference {
  type: string;
  quality: number;
}

function preferencesIn(accept: string): Preference[] {
  return accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    return { type, quality: Number.isFinite(quality) ? quality : 0 };
  });
}

/** What an Accept header asks for: OpenMetrics where it is named and liked no less than plain text; text for everybody else. */
export function formatFor(accept: string | undefined): Format {
  const preferences = preferencesIn(accept ?? '');
  const qualityOf = (wanted: string) => preferences.find(({ type }) => type === wanted)?.quality ?? 0;
  const openMetrics = qualityOf('application/openmetrics-text');
  return openMetrics > 0 && openMetrics >= qualityOf('text/plain') ? 'openmetrics' : 'text';
}
