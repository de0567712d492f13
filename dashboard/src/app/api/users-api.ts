import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { ApiTokensReply, CreatedApiToken, NewApiToken, NewUserRequest, UserRecord, UsersReply, UserUpdate } from '@perfwatch/contract';
import type { Observable } from 'rxjs';

/** Users and API tokens, for administrators. */
@Injectable({ providedIn: 'root' })
export class UsersApi {
  readonly #http = inject(HttpClient);

  users(): Observable<UsersReply> {
    return this.#http.get<UsersReply>('api/users');
  }

  addUser(user: NewUserRequest): Observable<UserRecord> {
    return this.#http.post<UserRecord>('api/users', user);
  }

  /** Ends every session of the user. */
  updateUser(id: string, update: UserUpdate): Observable<UserRecord> {
    return this.#http.patch<UserRecord>(`api/users/${encodeURIComponent(id)}`, update);
  }

  removeUser(id: string): Observable<unknown> {
    return this.#http.delete(`api/users/${encodeURIComponent(id)}`);
  }

  tokens(): Observable<ApiTokensReply> {
    return this.#http.get<ApiTokensReply>('api/tokens');
  }

  /** The reply is the only one that has the token itself. */
  createToken(token: NewApiToken): Observable<CreatedApiToken> {
    return this.#http.post<CreatedApiToken>('api/tokens', token);
  }

  removeToken(id: string): Observable<unknown> {
    return this.#http.delete(`api/tokens/${encodeURIComponent(id)}`);
  }
}
