import type { PerfEventAttr } from './perf-kernel.ts';

/** What of an event its terms say; the `type` is the PMU's. */
export type EventConfig = Required<Pick<PerfEventAttr, 'config' | 'config1' | 'config2'>>;
type Word = keyof EventConfig;

/** The terms of an event, or the format of one of them, are not what sysfs writes. */
export class PerfEventSyntaxError extends Error {
  override readonly name = 'PerfEventSyntaxError';
}

/** Bits of a config word, the lowest first: where a term's value goes, bit by bit. */
interface TermFormat {
  readonly word: Word;
  readonly bits: readonly number[];
}

const MAX_BIT = 63;
const FORMAT = /^(config[12]?):(\d{1,2}(?:-\d{1,2})?(?:,\d{1,2}(?:-\d{1,2})?)*)$/;
const TERM = /^([A-Za-z_][\w.-]*)(?:=(0x[0-9a-fA-F]{1,16}|\d{1,20}))?$/;
/** Terms that every PMU takes: a whole word. */
const WORDS: readonly string[] = ['config', 'config1', 'config2'] satisfies Word[];
const isWord = (text: string | undefined): text is Word => text !== undefined && WORDS.includes(text);

function parseBits(ranges: string, format: string): number[] {
  const bits: number[] = [];
  for (const range of ranges.split(',')) {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    if (!(first <= last && last <= MAX_BIT)) throw new PerfEventSyntaxError(`"${format}" is not a format: ${range} are not bits of a word`);
    for (let bit = first; bit <= last; bit += 1) bits.push(bit);
  }
  if (new Set(bits).size !== bits.length) throw new PerfEventSyntaxError(`"${format}" is not a format: it names a bit twice`);
  return bits;
}

function parseFormat(format: string): TermFormat {
  const match = FORMAT.exec(format.trim());
  const [, word, ranges] = match ?? [];
  if (!isWord(word) || ranges === undefined)
    throw new PerfEventSyntaxError(`"${format.trim().slice(0, 80)}" is not a format such as config:0-7,32-35`);
  return { word, bits: parseBits(ranges, format.trim()) };
}

/** `value` with its bits where `bits` says. Null when it has more bits than there is room for. */
function spread(value: bigint, bits: readonly number[]): bigint | null {
  if (value >> BigInt(bits.length) !== 0n) return null;
  let word = 0n;
  for (const [index, bit] of bits.entries()) word |= ((value >> BigInt(index)) & 1n) << BigInt(bit);
  return word;
}

const WHOLE_WORD = Array.from({ length: MAX_BIT + 1 }, (_, bit) => bit);

function formatOf(term: string, formats: ReadonlyMap<string, string>): TermFormat {
  const format = formats.get(term);
  if (format !== undefined) return parseFormat(format);
  if (isWord(term)) return { word: term, bits: WHOLE_WORD };
  throw new PerfEventSyntaxError(`This PMU has no term "${term.slice(0, 40)}"`);
}

/**
 * An event as the PMU's directory in sysfs writes it, such as `event=0x3c,umask=0x01`, in the words that perf_event_open(2) takes. `formats`: the files below
 * `format/`, such as `event` to `config:0-7,32-35`: a value's bits go, lowest first, where the format lists bits. A term without a value is 1.
 * Throws PerfEventSyntaxError for terms that the PMU does not have, values that do not fit, and values left open (`core=?`).
 * See Documentation/ABI/testing/sysfs-bus-event_source-devices-format.
 */
export function encodeEvent(terms: string, formats: ReadonlyMap<string, string>): EventConfig {
  const words: Record<Word, bigint> = { config: 0n, config1: 0n, config2: 0n };
  for (const text of terms.trim().split(',')) {
    const [, term, value] = TERM.exec(text.trim()) ?? [];
    if (term === undefined) throw new PerfEventSyntaxError(`"${text.trim().slice(0, 80)}" is not a term such as umask=0x01`);
    const { word, bits } = formatOf(term, formats);
    const placed = spread(BigInt(value ?? 1), bits);
    if (placed === null) throw new PerfEventSyntaxError(`${term}=${value ?? 1} does not fit into ${bits.length} bits`);
    words[word] |= placed;
  }
  return words;
}
