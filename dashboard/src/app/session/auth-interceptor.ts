import { HttpErrorResponse, type HttpInterceptorFn } from '@angular/common/http';
import { inject } from '@angular/core';
import { catchError, throwError } from 'rxjs';
import { SessionStore } from './session-store.ts';

const LOG_IN_PATH = 'api/auth/login';

/** Adds the token to calls of our API; a token that is refused ends the session. */
export const authInterceptor: HttpInterceptorFn = (request, next) => {
  const session = inject(SessionStore);
  const token = session.token();
  if (token === null || !request.url.startsWith('api/') || request.url === LOG_IN_PATH) return next(request);
  return next(request.clone({ setHeaders: { Authorization: `Bearer ${token}` } })).pipe(
    catchError((error: unknown) => {
      const isCurrent = session.token() === token;
      if (error instanceof HttpErrorResponse && error.status === 401 && isCurrent) {
        session.end('Your session has ended. Log in again to go on.');
      }
      return throwError(() => error);
    }),
  );
};
