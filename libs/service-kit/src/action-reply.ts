import { PerfwatchError, type ErrorCode, type ProblemIssue } from '@perfwatch/contract';
import type { Logger } from './logging.ts';

/** A PerfwatchError as it crosses the bus. */
interface PlainError {
  code: ErrorCode;
  message: string;
  hint: string | null;
  issues: readonly ProblemIssue[];
  retryAfterSeconds: number | null;
}

/** What an action sends back. Errors are answers too: Moleculer's own would lose their hint and issues, and show stacks to other nodes. */
export type ActionReply<T> = { ok: true; result: T } | { ok: false; error: PlainError };

/** Runs an action. What it throws by mistake is logged here and answered as 'internal' without its words. */
export async function toReply(
  run: () => Promise<unknown>,
  { action, log }: { action: string; log: Logger },
): Promise<ActionReply<unknown>> {
  try {
    return { ok: true, result: await run() };
  } catch (error) {
    const known =
      error instanceof PerfwatchError ? error : new PerfwatchError('internal', `${action} failed`, { hint: 'See the log of the service.' });
    if (known.code === 'internal') log.error({ err: error, action }, 'an action failed');
    return errorReply(known);
  }
}

/** The answer that tells of an error. */
export function errorReply({ code, message, hint, issues, retryAfterSeconds }: PerfwatchError): ActionReply<never> {
  return { ok: false, error: { code, message, hint: hint ?? null, issues, retryAfterSeconds: retryAfterSeconds ?? null } };
}

/** The result in a reply; throws the PerfwatchError that the action threw. */
export function fromReply<T>(reply: ActionReply<T>): T {
  if (reply.ok) return reply.result;
  const { code, message, hint, issues, retryAfterSeconds } = reply.error;
  throw new PerfwatchError(code, message, {
    issues,
    ...(hint === null ? {} : { hint }),
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
  });
}
