import { COMPARE_PERIODS, COMPARE_TO, type ComparePeriod, type CompareQuery, type CompareTo } from '@perfwatch/contract';

/** Columns the table can be sorted by; `rank` is the order of the reply: what really changed first. */
export const SORT_COLUMNS = ['rank', 'metric', 'collector', 'before', 'after', 'change', 'effect'] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];
export const VERDICTS = ['higher', 'lower', 'no_clear_change', 'unknown'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Two windows, each from a start to an end, as ISO 8601 with a zone. */
export interface GivenWindows {
  start1: string;
  end1: string;
  start2: string;
  end2: string;
}

/** Everything that is on the screen, as the address holds it. */
export interface CompareState {
  /** Null: not chosen yet. */
  host: string | null;
  period: ComparePeriod;
  to: CompareTo;
  /** Instead of `period` and `to`. */
  windows: GivenWindows | null;
  text: string;
  collector: string | null;
  verdict: Verdict | null;
  isChangedOnly: boolean;
  sort: SortColumn;
  isAscending: boolean;
  /** The metric whose chart is open: `cpu:usage_percent`. */
  metric: string | null;
}

interface AddressQuery {
  get(name: string): string | null;
}

const HOST = /^[A-Za-z0-9_-]{1,63}$/;
const oneOf = <T extends string>(choices: readonly T[], text: string | null): T | null => choices.find((choice) => choice === text) ?? null;

/** What an address asks for; what it does not say, or says in no way known, is left to the defaults. */
export function readState(query: AddressQuery): CompareState {
  const host = query.get('host');
  return {
    host: host !== null && HOST.test(host) ? host : null,
    period: oneOf(COMPARE_PERIODS, query.get('period')) ?? 'hour',
    to: oneOf(COMPARE_TO, query.get('to')) ?? 'previous',
    windows: readWindows(query),
    text: query.get('q') ?? '',
    collector: query.get('collector'),
    verdict: oneOf(VERDICTS, query.get('verdict')),
    isChangedOnly: query.get('changed') === '1',
    sort: oneOf(SORT_COLUMNS, query.get('sort')) ?? 'rank',
    isAscending: query.get('dir') === 'asc',
    metric: query.get('metric'),
  };
}

function readWindows(query: AddressQuery): GivenWindows | null {
  const time = (name: string) => {
    const timeMs = Date.parse(query.get(name) ?? '');
    return Number.isNaN(timeMs) ? null : new Date(timeMs).toISOString();
  };
  const [start1, end1, start2, end2] = [time('start1'), time('end1'), time('start2'), time('end2')];
  return start1 === null || end1 === null || start2 === null || end2 === null ? null : { start1, end1, start2, end2 };
}

/** The query of the address of a state, without what is so by default. */
export function writeState(state: CompareState): Record<string, string | null> {
  const { windows } = state;
  return {
    host: state.host,
    period: windows !== null || state.period === 'hour' ? null : state.period,
    to: windows !== null || state.to === 'previous' ? null : state.to,
    start1: windows?.start1 ?? null,
    end1: windows?.end1 ?? null,
    start2: windows?.start2 ?? null,
    end2: windows?.end2 ?? null,
    q: state.text === '' ? null : state.text,
    collector: state.collector,
    verdict: state.verdict,
    changed: state.isChangedOnly ? '1' : null,
    sort: state.sort === 'rank' ? null : state.sort,
    dir: state.isAscending ? 'asc' : null,
    metric: state.metric,
  };
}

/** What to ask the server for a state whose host is known. */
export function compareQuery({ period, to, windows }: CompareState, host: string): CompareQuery {
  if (windows === null) return { host, period, compare_to: to };
  return { host, start_time_1: windows.start1, end_time_1: windows.end1, start_time_2: windows.start2, end_time_2: windows.end2 };
}
