import { COMPARE_PERIODS, COMPARE_TO, type ComparePeriod, type CompareQuery, type CompareTo } from '@perfwatch/contract';

/** Columns the table can be sorted by; `rank` is the order of the reply: what really changed first. */
export const SORT_COLUMNS = ['rank', 'metric', 'collector', 'before', 'after', 'change', 'effect', 'verdict'] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];
const ASCENDING_FIRST: readonly SortColumn[] = ['rank', 'metric', 'collector', 'verdict'];
/** Whether a column begins with its smallest: names and places do, figures with their largest. */
export const isAscendingFirst = (column: SortColumn): boolean => ASCENDING_FIRST.includes(column);
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
  const sort = oneOf(SORT_COLUMNS, query.get('sort')) ?? 'rank';
  const direction = oneOf(['asc', 'desc'], query.get('dir'));
  return {
    host: host !== null && HOST.test(host) ? host : null,
    period: oneOf(COMPARE_PERIODS, query.get('period')) ?? 'hour',
    to: oneOf(COMPARE_TO, query.get('to')) ?? 'previous',
    windows: readWindows(query),
    text: query.get('q') ?? '',
    collector: query.get('collector'),
    verdict: oneOf(VERDICTS, query.get('verdict')),
    isChangedOnly: query.get('changed') === '1',
    sort,
    isAscending: direction === null ? isAscendingFirst(sort) : direction === 'asc',
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
    dir: state.isAscending === isAscendingFirst(state.sort) ? null : state.isAscending ? 'asc' : 'desc',
    metric: state.metric,
  };
}

/** What to ask the server for a state whose host is known. */
export function compareQuery({ period, to, windows }: CompareState, host: string): CompareQuery {
  if (windows === null) return { host, period, compare_to: to };
  return { host, start_time_1: windows.start1, end_time_1: windows.end1, start_time_2: windows.start2, end_time_2: windows.end2 };
}

const PERIODS_MS: Readonly<Record<ComparePeriod, number>> = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 };
const MINUTE_MS = 60_000;

/** The windows that a period means at a moment, in whole minutes: what to begin with before the server has told its own. */
export function windowsAt({ period, to }: Pick<CompareState, 'period' | 'to'>, nowMs: number): GivenWindows {
  const lengthMs = PERIODS_MS[period];
  const backMs = to === 'previous' ? lengthMs : PERIODS_MS[to === 'yesterday' ? 'day' : 'week'];
  const endMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const iso = (timeMs: number) => new Date(timeMs).toISOString();
  return { start1: iso(endMs - lengthMs), end1: iso(endMs), start2: iso(endMs - lengthMs - backMs), end2: iso(endMs - backMs) };
}
