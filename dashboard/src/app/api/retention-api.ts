import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { RetentionReply, RetentionRun, RetentionUpdate } from '@perfwatch/contract';
import type { Observable } from 'rxjs';

/** What is kept for how long, and what that costs. */
@Injectable({ providedIn: 'root' })
export class RetentionApi {
  readonly #http = inject(HttpClient);

  report(): Observable<RetentionReply> {
    return this.#http.get<RetentionReply>('api/retention');
  }

  /** With `dry_run` nothing changes: the reply says what would be deleted. */
  update(update: RetentionUpdate): Observable<RetentionReply> {
    return this.#http.put<RetentionReply>('api/retention', update);
  }

  /** Applies the policy now; up to a minute. */
  run(): Observable<RetentionRun> {
    return this.#http.post<RetentionRun>('api/retention/cleanup', null);
  }
}
