import { HttpErrorResponse, type HttpInterceptorFn } from '@angular/common/http';
import { inject } from '@angular/core';
import { catchError, from, of, switchMap, throwError } from 'rxjs';
import { SessionStore } from './session-store.ts';

/** Where tokens come from: nothing to send there, and nothing to renew. */
const WITHOUT_TOKEN: readonly string[] = ['api/auth/login', 'api/auth/refresh'];

/** Adds the token to calls of our API. One that is refused is renewed, once for all requests, and the request sent again. */
export const authInterceptor: HttpInterceptorFn = (request, next) => {
  if (!request.url.startsWith('api/') || WITHOUT_TOKEN.includes(request.url)) return next(request);
  const session = inject(SessionStore);
  const send = (token: string) => next(request.clone({ setHeaders: { Authorization: `Bearer ${token}` } }));
  const sendAndRenew = (token: string) =>
    send(token).pipe(
      catchError((error: unknown) => {
        if (!(error instanceof HttpErrorResponse) || error.status !== 401) return throwError(() => error);
        return from(session.tokenAfter(token).catch(() => null)).pipe(
          switchMap((renewed) => (renewed === null ? throwError(() => error) : send(renewed))),
        );
      }),
    );
  const token = session.usableToken();
  const known = token instanceof Promise ? from(token) : of(token);
  return known.pipe(switchMap((one) => (one === null ? next(request) : sendAndRenew(one))));
};
