import { instanceNameSchema, PerfwatchError, type MetricPath } from '@perfwatch/contract';

/**
 * One entry of `fields`. `metric` and `dimension` may hold `*`; a null dimension is the collector itself, a null instance any.
 */
export interface MetricPattern {
  dimension: string | null;
  metric: string;
  instance: string | null;
}

const EVERYTHING: readonly MetricPattern[] = [
  { dimension: null, metric: '*', instance: null },
  { dimension: '*', metric: '*', instance: null },
];
const NAME = /[a-z0-9_*-]+/iy;
const SPACE = /\s*/y;

/**
 * The patterns in `fields`: `usage_percent`, `core.usage_percent{core="0"}`, `core.*`, `core` (all of it), `*`; each also with the
 * collector's name before it. Instances are written as `formatMetricPath` writes them: `"` and `\` escaped with `\`.
 * Throws PerfwatchError('bad_input') with the position of what cannot be read.
 */
export function parseFields(fields: string, collector: string): MetricPattern[] {
  const reader = new FieldReader(fields);
  const patterns: MetricPattern[] = [];
  reader.skipSpace();
  for (;;) {
    const segments = [reader.name()];
    while (reader.take('.')) segments.push(reader.name());
    const label = reader.peek() === '{' ? reader.label() : null;
    patterns.push(...patternsOf({ segments, label, collector, reader }));
    reader.skipSpace();
    if (reader.isAtEnd) return patterns;
    if (!reader.take(',')) reader.fail('expected a comma');
    reader.skipSpace();
  }
}

/** Whether any of the patterns means this path. */
export function matchesAny(patterns: readonly MetricPattern[], path: MetricPath): boolean {
  return patterns.some((pattern) => matches(pattern, path));
}

function matches(pattern: MetricPattern, path: MetricPath): boolean {
  const { metric } = path;
  const dimension = path.dimension ?? null;
  const instance = path.instance ?? null;
  if ((pattern.dimension === null) !== (dimension === null)) return false;
  if (dimension !== null && pattern.dimension !== null && !matchesName(pattern.dimension, dimension)) return false;
  if (pattern.instance !== null && pattern.instance !== instance) return false;
  return matchesName(pattern.metric, metric);
}

/** `*` stands for any characters, none included. Walks both once: a pattern from outside must not make a regular expression slow. */
function matchesName(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === name;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let position = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, position);
    if (found === -1) return false;
    position = found + part.length;
  }
  return position <= name.length - last.length;
}

interface Label {
  name: string;
  instance: string;
}

interface ReadField {
  segments: readonly string[];
  label: Label | null;
  collector: string;
  reader: FieldReader;
}

/** A first segment that is the collector's name may also be a dimension of that name: then both are meant. */
function patternsOf({ segments, label, collector, reader }: ReadField): MetricPattern[] {
  const [first, ...rest] = segments;
  const readings = first === collector && rest.length > 0 ? [segments, rest] : [segments];
  const patterns = readings.flatMap((reading) => patternsOfReading(reading, label));
  if (patterns.length > 0) return patterns;
  const field = segments.join('.');
  if (label !== null) reader.fail(`"${field}" has no dimension "${label.name}": write dimension.metric{dimension="instance"}`);
  return reader.fail(`"${field}" has too many parts: write metric or dimension.metric`);
}

function patternsOfReading([first = '', second, ...more]: readonly string[], label: Label | null): MetricPattern[] {
  if (more.length > 0) return [];
  if (label !== null)
    return matchesName(first, label.name) ? [{ dimension: label.name, metric: second ?? '*', instance: label.instance }] : [];
  if (second !== undefined) return [{ dimension: first, metric: second, instance: null }];
  if (first === '*') return [...EVERYTHING];
  // A name alone is a metric, or a dimension with all it has.
  const asMetric = { dimension: null, metric: first, instance: null };
  return first.includes('*') ? [asMetric] : [asMetric, { dimension: first, metric: '*', instance: null }];
}

/** Reads `fields` from left to right. */
class FieldReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#text.length;
  }

  peek(): string {
    return this.#text[this.#position] ?? '';
  }

  take(character: string): boolean {
    const isThere = this.peek() === character;
    if (isThere) this.#position += 1;
    return isThere;
  }

  skipSpace(): void {
    this.#match(SPACE);
  }

  name(): string {
    return this.#match(NAME) ?? this.fail('expected a metric or dimension, such as usage_percent or core.*');
  }

  /** `{core="0"}` */
  label(): Label {
    this.#expect('{');
    const name = this.name();
    this.#expect('=');
    this.#expect('"');
    let instance = '';
    while (!this.take('"')) {
      if (this.take('\\') && !'"\\'.includes(this.peek())) this.fail('expected " or \\ after \\');
      if (this.isAtEnd) this.fail('the instance has no closing "');
      instance += this.peek();
      this.#position += 1;
    }
    if (!instanceNameSchema.safeParse(instance).success) this.fail('no instance can have that name');
    this.#expect('}');
    return { name, instance };
  }

  fail(problem: string): never {
    const found = this.isAtEnd ? 'the end' : JSON.stringify(this.peek());
    const message = `${problem}; found ${found} at position ${this.#position + 1}`;
    throw new PerfwatchError('bad_input', `fields: ${message}`, { issues: [{ path: 'fields', message }] });
  }

  #expect(character: string): void {
    if (!this.take(character)) this.fail(`expected ${character}`);
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (match === null) return null;
    this.#position = pattern.lastIndex;
    return match[0];
  }
}
