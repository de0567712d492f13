import { setTimeout as delay } from 'node:timers/promises';
import { compareReplySchema, explain, PerfwatchError, problemSchema, type CompareReply } from '@perfwatch/contract';

const MINUTE_MS = 60_000;
/** How much before the command it is held against; a longer command is held against as much as it took. */
const MIN_BEFORE_MS = 5 * MINUTE_MS;
/** Until the last tick of the command is stored. */
const SETTLE_MS = 2500;
const TIMEOUT_MS = 25_000;

export interface CompareWithBeforeOptions {
  /** Where the API is, without `/api`. */
  url: string;
  token: string;
  host: string;
  startMs: number;
  endMs: number;
  signal: AbortSignal;
}

/** Whole minutes before a command that it is compared with. */
export const minutesBefore = ({ startMs, endMs }: { startMs: number; endMs: number }): number =>
  Math.ceil(Math.max(MIN_BEFORE_MS, endMs - startMs) / MINUTE_MS);

async function reasonOf(reply: Response): Promise<string> {
  const problem = problemSchema.safeParse(await reply.json().catch(() => null));
  return problem.success ? problem.data.detail : `it answered ${reply.status}`;
}

/** What history says of the time of a command against the minutes before. Throws PerfwatchError when it cannot be had, with the reason. */
export async function compareWithBefore(options: CompareWithBeforeOptions): Promise<CompareReply> {
  const { url, token, host, startMs, endMs, signal } = options;
  const time = (ms: number) => new Date(ms).toISOString();
  const query = new URLSearchParams({
    host,
    ...{ start_time_1: time(startMs), end_time_1: time(Math.max(endMs, startMs + 1)) },
    ...{ start_time_2: time(startMs - minutesBefore(options) * MINUTE_MS), end_time_2: time(startMs) },
  });
  try {
    await delay(SETTLE_MS, undefined, { signal });
    const reply = await fetch(`${url}/api/history/compare?${query.toString()}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (!reply.ok) throw new PerfwatchError('unavailable', await reasonOf(reply));
    return compareReplySchema.parse(await reply.json());
  } catch (error) {
    if (signal.aborted) throw new PerfwatchError('unavailable', 'it was interrupted', { cause: error });
    const reason = error instanceof PerfwatchError ? explain(error) : error instanceof Error ? error.message : String(error);
    throw new PerfwatchError('unavailable', `${url}: ${reason}`, { cause: error });
  }
}
