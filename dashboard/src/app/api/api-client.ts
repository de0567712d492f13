import { HttpClient, HttpErrorResponse } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type {
  CatalogReply,
  Config,
  ConfigUpdate,
  Host,
  HostsReply,
  LoginReply,
  LoginRequest,
  Me,
  Readiness,
  UserPreferences,
} from '@perfwatch/contract';
import { catchError, type Observable, of, throwError } from 'rxjs';

/** A proxy may answer 503 too, with a body of its own. */
const isReadiness = (body: unknown): body is Readiness => typeof body === 'object' && body !== null && 'dependencies' in body;

/** Where the cookie counts, the server asks for what no other site's page can send. */
const OWN_PAGE = { 'X-PerfWatch': '1' };

/** The HTTP API, by its contract. Paths are relative, so that PerfWatch may be served below a sub-path. */
@Injectable({ providedIn: 'root' })
export class ApiClient {
  readonly #http = inject(HttpClient);

  /** Gives a short token, and the browser a cookie to renew it with. */
  logIn(credentials: Pick<LoginRequest, 'username' | 'password'>): Observable<LoginReply> {
    return this.#http.post<LoginReply>('api/auth/login', { ...credentials, session: 'cookie' }, { headers: OWN_PAGE });
  }

  /** A new token for the cookie. */
  refresh(): Observable<LoginReply> {
    return this.#http.post<LoginReply>('api/auth/refresh', null, { headers: OWN_PAGE });
  }

  logOut(): Observable<unknown> {
    return this.#http.post('api/auth/logout', null);
  }

  me(): Observable<Me> {
    return this.#http.get<Me>('api/auth/me');
  }

  /** What the user has ever chosen. */
  preferences(): Observable<UserPreferences> {
    return this.#http.get<UserPreferences>('api/auth/preferences');
  }

  changePreferences(change: UserPreferences): Observable<UserPreferences> {
    return this.#http.put<UserPreferences>('api/auth/preferences', change);
  }

  hosts(): Observable<HostsReply> {
    return this.#http.get<HostsReply>('api/hosts');
  }

  host(host: string): Observable<Host> {
    return this.#http.get<Host>(`api/hosts/${encodeURIComponent(host)}`);
  }

  /** The catalog of one host, or of all. */
  catalog(host?: string): Observable<CatalogReply> {
    return this.#http.get<CatalogReply>('api/catalog', { params: host === undefined ? {} : { host } });
  }

  /** What is up; the same whether that is enough (200) or not (503). */
  readiness(): Observable<Readiness> {
    return this.#http.get<Readiness>('health/ready').pipe(
      catchError((error: unknown) => {
        const isAnswer = error instanceof HttpErrorResponse && error.status === 503 && isReadiness(error.error);
        return isAnswer ? of(error.error) : throwError(() => error);
      }),
    );
  }

  config(): Observable<Config> {
    return this.#http.get<Config>('api/config');
  }

  updateConfig(update: ConfigUpdate): Observable<Config> {
    return this.#http.put<Config>('api/config', update);
  }
}
