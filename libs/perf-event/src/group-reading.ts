/** What a read of a group's leader gives, in 64-bit words: { nr, time_enabled, time_running, { value, id }[nr] }. See perf_event_open(2), "Reading results". */
const ENABLED_WORD = 1;
const RUNNING_WORD = 2;
const HEADER_WORDS = 3;
const WORDS_PER_EVENT = 2;

/** Words that a reading of so many events takes. */
export const groupReadingWords = (events: number): number => HEADER_WORDS + WORDS_PER_EVENT * events;

/** Counters as they are, since the group was enabled. */
export interface RawReading {
  /** Nanoseconds since the group was enabled. */
  enabledNs: bigint;
  /** Nanoseconds of these that it was counting; less where there are more groups than counters. */
  runningNs: bigint;
  /** By event, in the order of the ids. */
  readonly values: bigint[];
}

/** A reading of so many events with nothing in it yet, for `parseGroupReading` to fill. */
export const emptyReading = (events: number): RawReading => ({ enabledNs: 0n, runningNs: 0n, values: Array<bigint>(events).fill(0n) });

/** What a reading should be of, and what it goes into. */
export interface ReadingShape {
  /** Ids of the events in the order they were opened in, which is that of a reading; null where the kernel told none. */
  readonly ids: readonly (bigint | null)[];
  /** Filled, so that a tick of thousands of readings allocates none. */
  readonly into: RawReading;
}

/**
 * Fills `into` from the first `length` words that a read gave. False, with `into` in no particular state, when that is not a reading of these
 * events: it is short (a pinned group that got no counter reads 0 bytes) or of others (a CPU that went offline takes its groups apart).
 */
export function parseGroupReading(words: BigUint64Array, length: number, { ids, into }: ReadingShape): boolean {
  if (length !== groupReadingWords(ids.length) || length > words.length || words[0] !== BigInt(ids.length)) return false;
  into.enabledNs = words[ENABLED_WORD] ?? 0n;
  into.runningNs = words[RUNNING_WORD] ?? 0n;
  for (const [index, id] of ids.entries()) {
    const at = HEADER_WORDS + WORDS_PER_EVENT * index;
    if (id !== null && words[at + 1] !== id) return false;
    into.values[index] = words[at] ?? 0n;
  }
  return true;
}
