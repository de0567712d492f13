import { HttpErrorResponse } from '@angular/common/http';
import type { Problem } from '@perfwatch/contract';

function isProblem(body: unknown): body is Pick<Problem, 'detail' | 'errors'> {
  return typeof body === 'object' && body !== null && 'detail' in body && typeof body.detail === 'string';
}

/** What went wrong with a call, in words: the problem's detail where the server gave one. */
export function problemText(error: unknown): string {
  if (!(error instanceof HttpErrorResponse)) return error instanceof Error ? error.message : String(error);
  if (error.status === 0) return 'PerfWatch cannot be reached. Check that it is running and that this page may connect to it.';
  const body: unknown = error.error;
  if (!isProblem(body)) return `The server answered with status ${error.status}.`;
  const untold = (body.errors ?? []).filter(({ message }) => !body.detail.includes(message));
  return [body.detail, ...untold.map(({ path, message }) => (path === '' ? message : `${path} ${message}`))].join(' ');
}
