import { formatChoice, parseChoice, type MetricChoice } from '../../catalog/metric-choice.ts';
import { formatEnd, parseEnd, type RangeEnd } from '../../format/range-text.ts';

/** How finely the past is asked for: by what fits the screen, every sample, or a fixed step. */
export const STEPS = ['auto', 'raw', '10s', '1m', '5m', '15m', '1h', '6h', '1d'] as const;
export type Step = (typeof STEPS)[number];
const isStep = (text: string | null): text is Step => STEPS.some((step) => step === text);

/** Most metrics and hosts shown at once: what an address and a page can hold. */
export const MOST_METRICS = 24;
export const MOST_HOSTS = 8;

/** Everything that is on the screen, as its address holds it. */
export interface HistoryState {
  from: RangeEnd;
  to: RangeEnd;
  hosts: readonly string[];
  /** Null: nobody has chosen yet, which is not the same as none. */
  metrics: readonly MetricChoice[] | null;
  step: Step;
  /** Whether minima and maxima are drawn. */
  bands: boolean;
}

/** The query of an address, as the router gives it. */
interface AddressQuery {
  get(name: string): string | null;
  getAll(name: string): string[];
}

export const NOW: RangeEnd = { kind: 'relative', beforeMs: 0 };
export const DEFAULT_FROM: RangeEnd = { kind: 'relative', beforeMs: 3_600_000 };
const HOST = /^[A-Za-z0-9_-]{1,63}$/;

/** What an address asks for. What it does not say or says in no way known is left to the defaults: an address may be anyone's. */
export function readState(query: AddressQuery): HistoryState {
  const end = (name: string) => parseEnd(query.get(name) ?? '', { zone: 'utc', nowMs: 0 });
  const step = query.get('step');
  const metrics = query.getAll('m');
  return {
    from: end('from') ?? DEFAULT_FROM,
    to: end('to') ?? NOW,
    hosts: unique((query.get('host') ?? '').split(',').filter((host) => HOST.test(host))).slice(0, MOST_HOSTS),
    metrics:
      metrics.length === 0
        ? null
        : unique(metrics)
            .flatMap((text) => parseChoice(text) ?? [])
            .slice(0, MOST_METRICS),
    step: isStep(step) ? step : 'auto',
    bands: query.get('band') !== 'off',
  };
}

/** The query of the address of a state, without what is so by default. */
export function writeState({ from, to, hosts, metrics, step, bands }: HistoryState): Record<string, string | string[] | null> {
  return {
    from: formatEnd(from),
    to: formatEnd(to),
    host: hosts.length === 0 ? null : hosts.join(','),
    m: metrics === null ? null : metrics.length === 0 ? '' : metrics.map(formatChoice),
    step: step === 'auto' ? null : step,
    band: bands ? null : 'off',
  };
}

const unique = (texts: readonly string[]) => [...new Set(texts)];
