import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { PasswordChange } from '@perfwatch/contract';
import type { Observable } from 'rxjs';

/** What a viewer changes of their own account. */
@Injectable({ providedIn: 'root' })
export class SettingsApi {
  readonly #http = inject(HttpClient);

  /** Ends every other token of the user. */
  changePassword(change: PasswordChange): Observable<unknown> {
    return this.#http.put('api/auth/password', change);
  }
}
