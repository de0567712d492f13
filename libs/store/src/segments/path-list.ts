import type { MetricPath } from '@perfwatch/contract';
import { SegmentError } from './segment-error.ts';

const MAX_LISTS = 512;
const MAX_CHARACTERS = 4_000_000;

/** `[["usage_percent"],["usage_percent","core","0"]]`: metric, dimension, instance. */
export function pathsToText(paths: readonly MetricPath[]): string {
  return JSON.stringify(
    paths.map(({ metric, dimension, instance }) =>
      dimension === undefined || instance === undefined ? [metric] : [metric, dimension, instance],
    ),
  );
}

/** Metrics of the whole machine first, then by dimension and instance: the same metrics make the same list, whichever came first. */
export function comparePaths(one: MetricPath, other: MetricPath): number {
  return (
    compareText(one.dimension ?? '', other.dimension ?? '') ||
    compareText(one.instance ?? '', other.instance ?? '') ||
    compareText(one.metric, other.metric)
  );
}

const compareText = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);

function pathOf(entry: unknown): MetricPath {
  const names: unknown[] = Array.isArray(entry) ? entry : [];
  const [metric, dimension, instance] = names;
  if (typeof metric === 'string') {
    if (names.length === 1) return { metric };
    if (names.length === 3 && typeof dimension === 'string' && typeof instance === 'string') return { metric, dimension, instance };
  }
  throw new SegmentError('its list of metrics is damaged');
}

export function parsePaths(text: string): readonly MetricPath[] {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch (error) {
    throw new SegmentError('its list of metrics is damaged', error);
  }
  if (!Array.isArray(entries)) throw new SegmentError('its list of metrics is damaged');
  return Object.freeze(entries.map(pathOf));
}

/**
 * Lists of paths by their text. The segments of one series nearly always have the same list: parsed once it is one object for all of
 * them, by which readers know that a path has the same place in each. Bounded by count and characters; the oldest goes first.
 */
export class PathLists {
  readonly #lists = new Map<string, readonly MetricPath[]>();
  #characters = 0;

  parse(text: string): readonly MetricPath[] {
    const known = this.#lists.get(text);
    if (known !== undefined) return known;
    const paths = parsePaths(text);
    this.#lists.set(text, paths);
    this.#characters += text.length;
    for (const oldest of this.#lists.keys()) {
      if (this.#lists.size <= MAX_LISTS && this.#characters <= MAX_CHARACTERS) break;
      this.#lists.delete(oldest);
      this.#characters -= oldest.length;
    }
    return paths;
  }
}
