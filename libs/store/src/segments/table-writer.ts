import type { MetricPath } from '@perfwatch/contract';
import { KnownColumns } from './known-columns.ts';
import { encodeNumbers, type CodedNumbers } from './number-codings.ts';
import { pathsToText } from './path-list.ts';
import { doublesToPlanes, DOUBLE_WIDTH, toPlanes, widthOf } from './planes.ts';
import { NUMBER, Presence } from './presence.ts';
import { MAX_POSITIONS } from './segment-layout.ts';

/** A column as it is to be written: its numbers, one after another, and in which rows they are. */
export interface WrittenColumn {
  presence: Presence;
  numbers: Float64Array;
  /** Milliseconds that passed at each number; null where they are no rates. */
  elapsedMs?: (() => Float64Array) | null;
  /** Whose numbers they are; null where they have nothing to do with those of other columns. */
  path?: MetricPath | null;
}

/** Columns of numbers as docs/storage.md describes them: two lines of JSON, then the codes of every column. The list is made of the others. */
export class TableWriter {
  readonly #rowCount: number;
  readonly #columns: { coded: CodedNumbers; presenceIndex: number }[] = [];
  readonly #presences: Presence[] = [];
  readonly #presenceIndexes = new Map<string, number>();
  readonly #lists: Float64Array[] = [];
  #listed = 0;
  /** By presence. */
  readonly #known = new Map<number, KnownColumns>();

  constructor(rowCount: number) {
    this.#rowCount = rowCount;
    this.presenceIndexOf(Presence.always(rowCount));
  }

  add({ presence, numbers, elapsedMs = null, path = null }: WrittenColumn): void {
    const presenceIndex = this.presenceIndexOf(presence);
    const known = path === null ? null : this.#knownIn(presenceIndex);
    const near = () => (path === null ? [] : (known?.near(path) ?? []));
    const coded = encodeNumbers(numbers, { elapsedMs, listRoom: MAX_POSITIONS - this.#listed, known: near });
    this.#columns.push({ coded, presenceIndex });
    if (path !== null && coded.codes !== null && coded.terms.length === 0)
      known?.add(path, this.#columns.length, { numbers, factor: coded.factor });
    if (coded.list === null) return;
    coded.base = this.#listed;
    this.#listed += coded.list.length;
    this.#lists.push(coded.list);
  }

  #knownIn(presenceIndex: number): KnownColumns {
    const known = this.#known.get(presenceIndex) ?? new KnownColumns();
    this.#known.set(presenceIndex, known);
    return known;
  }

  /** The place in the head of where there is something; 0 is a number in every row. */
  presenceIndexOf(presence: Presence): number {
    const key = presence.key();
    const known = this.#presenceIndexes.get(key);
    if (known !== undefined) return known;
    this.#presenceIndexes.set(key, this.#presences.length);
    this.#presences.push(presence);
    return this.#presences.length - 1;
  }

  /** `head` is what stands in the first line besides the columns. */
  toPayload(head: { format: string; names: readonly string[] } & Record<string, unknown>, paths: readonly MetricPath[]): Buffer {
    const columns = [this.#listColumn(), ...this.#columns];
    const widths = columns.map(({ coded }) => (coded.doubles !== null ? DOUBLE_WIDTH : coded.codes === null ? 0 : widthOf(coded.codes)));
    const lines = {
      ...head,
      names: ['list', ...head.names],
      count: this.#rowCount,
      runs: this.#presences.map((presence) => presence.toRuns()),
      columns: {
        coding: columns.map(({ coded }) => coded.coding).join(''),
        runs: columns.map(({ presenceIndex }) => presenceIndex),
        width: widths,
        base: columns.map(({ coded }) => coded.base),
        step: columns.map(({ coded }) => coded.step),
        factor: columns.map(({ coded }) => coded.factor),
        terms: columns.map(({ coded: { terms } }) =>
          terms.length === 0 ? 0 : terms.map(({ column, coefficient }) => [column, coefficient]),
        ),
      },
    };
    const blocks = columns.map(({ coded }, index) => blockOf(coded, widths[index] ?? 0));
    return Buffer.concat([Buffer.from(`${JSON.stringify(lines)}\n${pathsToText(paths)}\n`), ...blocks]);
  }

  #listColumn(): { coded: CodedNumbers; presenceIndex: number } {
    const list = new Float64Array(this.#listed);
    let at = 0;
    for (const part of this.#lists) {
      list.set(part, at);
      at += part.length;
    }
    const presence = new Presence();
    if (list.length > 0) presence.push(NUMBER, list.length);
    return { coded: encodeNumbers(list, { elapsedMs: null, listRoom: 0 }), presenceIndex: this.presenceIndexOf(presence) };
  }
}

function blockOf({ codes, doubles }: CodedNumbers, width: number): Uint8Array {
  if (doubles !== null) return doublesToPlanes(doubles);
  return codes === null ? new Uint8Array(0) : toPlanes(codes, width);
}
