import { HttpErrorResponse } from '@angular/common/http';
import type { Problem } from '@perfwatch/contract';

function isProblem(body: unknown): body is Pick<Problem, 'detail' | 'errors'> {
  return typeof body === 'object' && body !== null && 'detail' in body && typeof body.detail === 'string';
}

/** What went wrong with a call, in words: the problem's detail where the server gave one. */
export function problemText(error: unknown): string {
  if (!(error instanceof HttpErrorResponse)) return error instanceof Error ? error.message : String(error);
  if (error.status === 0) return 'PerfWatch cannot be reached. Check that it is running and that this page may connect to it.';
  if (!isProblem(error.error)) return `The server answered ${error.status} ${error.statusText}.`;
  const fields = error.error.errors?.map(({ path, message }) => (path === '' ? message : `${path} ${message}`)) ?? [];
  return [error.error.detail, ...fields.filter((text) => !error.error.detail.includes(text))].join(' ');
}
