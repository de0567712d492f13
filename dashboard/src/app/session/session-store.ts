import { HttpErrorResponse } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import { Router } from '@angular/router';
import { firstValueFrom, timeout } from 'rxjs';
import { ApiClient } from '../api/api-client.ts';
import { BrowserSession } from './browser-session.ts';
import { oneTabAtATime } from './one-tab-at-a-time.ts';
import { sessionMark } from './session-mark.ts';

/** Longer than the gateway waits for the services behind it. */
const ANSWER_WITHIN_MS = 15_000;
/** No session to renew, or none that this page may. */
const REFUSALS: readonly number[] = [401, 403];

/** Who is logged in, in this browser and against this server. */
@Injectable({ providedIn: 'root' })
export class SessionStore extends BrowserSession {
  constructor() {
    const [router, api] = [inject(Router), inject(ApiClient)];
    super({
      request: () => firstValueFrom(api.refresh().pipe(timeout(ANSWER_WITHIN_MS))),
      alone: (work) => oneTabAtATime(work),
      isRefusal: (error) => error instanceof HttpErrorResponse && REFUSALS.includes(error.status),
      mark: sessionMark,
      address: () => router.url,
      showLogIn: (from) => void router.navigate(['/login'], { queryParams: from === null ? {} : { from } }),
    });
  }
}
