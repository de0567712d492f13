import { inject } from '@angular/core';
import { Router, type CanActivateFn } from '@angular/router';
import { SessionStore } from './session-store.ts';

/** Sends those who are not logged in to the log-in page, and back afterwards. */
export const logInGuard: CanActivateFn = (_route, state) =>
  inject(SessionStore).isLoggedIn() ||
  inject(Router).createUrlTree(['/login'], { queryParams: state.url === '/' ? {} : { from: state.url } });
