import { inject } from '@angular/core';
import { Router, type CanActivateFn } from '@angular/router';
import { backoffMs } from '../live/backoff.ts';
import { LoadFault } from './load-fault.ts';
import { SessionStore } from './session-store.ts';

/** Sends those who are not logged in to the log-in page, and back afterwards. Where the server cannot say, it is asked again: displays on walls have nobody to. */
export const logInGuard: CanActivateFn = async (_route, { url }) => {
  const [session, router, fault] = [inject(SessionStore), inject(Router), inject(LoadFault)];
  for (let tries = 1; ; tries++) {
    try {
      return (await session.resume()) || router.createUrlTree(['/login'], { queryParams: url === '/' ? {} : { from: url } });
    } catch {
      fault.happened({ url });
      await new Promise((resolve) => setTimeout(resolve, backoffMs(tries)));
    }
  }
};
