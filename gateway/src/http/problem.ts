import { STATUS_CODES } from 'node:http';
import { explain, PerfwatchError, type ErrorCode, type Problem, type ProblemIssue } from '@perfwatch/contract';

export const PROBLEM_TYPE = 'application/problem+json';

const STATUS_BY_CODE = {
  bad_input: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_many_requests: 429,
  internal: 500,
  unavailable: 503,
} as const satisfies Record<ErrorCode, number>;

/** When to try again where the error does not say. */
const DEFAULT_RETRY_SECONDS: Partial<Record<number, number>> = { 429: 60, 503: 5 };

const INTERNAL_DETAIL = 'Something went wrong on the server; its log has the details.';

/** What to do about an error of the HTTP layer itself, by status. */
const HINT_BY_STATUS: Partial<Record<number, string>> = {
  413: 'The request body is too large.',
  414: 'The URL is too long.',
  415: 'Send the body as application/json, not compressed.',
  431: 'The URL or the headers are too long.',
};

/** An HTTP error with everything its response needs. */
export interface ProblemResponse {
  problem: Problem;
  retryAfterSeconds: number | null;
  /** False when the cause is ours and belongs into the log. */
  isExpected: boolean;
}

interface ProblemParts {
  status: number;
  detail: string;
  path: string;
  issues?: readonly ProblemIssue[];
  retryAfterSeconds?: number | undefined;
}

function respondWith({ status, detail, path, issues = [], retryAfterSeconds }: ProblemParts): ProblemResponse {
  const problem: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    instance: path,
    ...(issues.length === 0 ? {} : { errors: [...issues] }),
  };
  return { problem, retryAfterSeconds: retryAfterSeconds ?? DEFAULT_RETRY_SECONDS[status] ?? null, isExpected: status !== 500 };
}

/** A sentence, however its author ended it. */
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

function statusOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return null;
  const { statusCode } = error;
  return typeof statusCode === 'number' && Number.isInteger(statusCode) && statusCode >= 400 && statusCode <= 599 ? statusCode : null;
}

/** Messages of the HTTP layer are written for the client; those of anything else may tell about our insides. */
function isHttpLayerError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_');
}

/** The HTTP answer to anything thrown while `path` was served, RFC 9457. Says nothing of what is inside when the fault is ours. */
export function problemFor(error: unknown, path: string): ProblemResponse {
  if (error instanceof PerfwatchError) {
    const { code, issues, retryAfterSeconds } = error;
    const status = STATUS_BY_CODE[code];
    if (status === 500) return respondWith({ status, detail: INTERNAL_DETAIL, path });
    return respondWith({ status, detail: explain(error), path, issues, retryAfterSeconds });
  }
  const status = statusOf(error);
  if (status === 503) return respondWith({ status, detail: 'The server is stopping; try again.', path });
  if (status === null || status >= 500) return respondWith({ status: 500, detail: INTERNAL_DETAIL, path });
  const told = isHttpLayerError(error) ? sentence(error.message) : sentence(STATUS_CODES[status] ?? 'Bad request');
  return respondWith({ status, detail: HINT_BY_STATUS[status] ?? told, path });
}

/** The answer to a path or method that does not exist. */
export function notFoundProblem(path: string): ProblemResponse {
  return respondWith({ status: 404, detail: 'There is nothing at this address. The API is described at /docs.', path });
}

export interface MethodNotAllowed {
  path: string;
  method: string;
  allowed: readonly string[];
}

export function methodNotAllowedProblem({ path, method, allowed }: MethodNotAllowed): ProblemResponse {
  return respondWith({ status: 405, detail: `${method} is not possible here; use ${allowed.join(', ')}.`, path });
}

/** The answer of the HTTP parser, before there is a request. */
export function connectionProblem(errorCode: string | undefined): ProblemResponse {
  const status = errorCode === 'HPE_HEADER_OVERFLOW' ? 431 : errorCode === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const { problem, ...rest } = respondWith({
    status,
    detail: HINT_BY_STATUS[status] ?? 'This is not an HTTP request that can be read.',
    path: '',
  });
  const { instance: _unknown, ...readable } = problem;
  return { problem: readable, ...rest };
}
