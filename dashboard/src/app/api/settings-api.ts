import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { PasswordChange, SessionsReply } from '@perfwatch/contract';
import type { Observable } from 'rxjs';

/** What a viewer changes of their own account. */
@Injectable({ providedIn: 'root' })
export class SettingsApi {
  readonly #http = inject(HttpClient);

  /** Ends every other session of the user. */
  changePassword(change: PasswordChange): Observable<unknown> {
    return this.#http.put('api/auth/password', change);
  }

  sessions(): Observable<SessionsReply> {
    return this.#http.get<SessionsReply>('api/auth/sessions');
  }

  endSession(id: string): Observable<unknown> {
    return this.#http.delete(`api/auth/sessions/${encodeURIComponent(id)}`);
  }
}
