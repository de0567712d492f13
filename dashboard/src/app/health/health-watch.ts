import type { Readiness } from '@perfwatch/contract';
import { healthLines, type HealthLine } from './health-lines.ts';

/** One answer may be lost on the way; from this many on the server is away. */
const AWAY_AFTER = 2;

/** What the page says of PerfWatch itself, and what it goes by. */
export interface HealthState {
  lines: readonly HealthLine[];
  /** Questions in a row without an answer. */
  unanswered: number;
}

export const UNHEARD: HealthState = { lines: [], unanswered: 0 };

/** Whether the server does not answer, rather than having been missed once. */
export const isAway = ({ unanswered }: HealthState): boolean => unanswered >= AWAY_AFTER;

/** The state after an answer, or null for none; `isOffline` when the browser itself has no network. */
export function nextHealth(state: HealthState, answer: Readiness | null, { isOffline }: { isOffline: boolean }): HealthState {
  if (answer !== null) return { lines: healthLines(answer), unanswered: 0 };
  const next = { ...state, unanswered: state.unanswered + 1 };
  return isAway(next) ? { ...next, lines: [awayLine(isOffline)] } : next;
}

function awayLine(isOffline: boolean): HealthLine {
  const what = isOffline ? 'This device is offline.' : 'PerfWatch does not answer.';
  return { name: 'Server', text: `${what} Pages stay as they are and go on by themselves when it is back.`, isDown: true };
}
