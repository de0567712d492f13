import { DestroyRef, effect, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import {
  catchError,
  defer,
  EMPTY,
  from,
  fromEvent,
  merge,
  type Observable,
  retry,
  share,
  Subject,
  switchMap,
  take,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { SessionStore } from '../session/session-store.ts';
import { backoffMs } from './backoff.ts';
import { LiveClosed, liveFeed, type LiveEvent, type LiveSocket } from './live-feed.ts';

export const CONNECTION_STATES = ['connecting', 'connected', 'reconnecting', 'failed'] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

/** Tries without success after which the page says `failed`. It goes on trying all the same. */
const FAILED_AFTER = 6;

/** The live connection as a stream that never ends by itself: it returns with backoff, at once when asked or when the browser is online again. */
@Injectable()
export class LiveConnection {
  readonly #session = inject(SessionStore);
  readonly #retryNow = new Subject<void>();
  readonly state = signal<ConnectionState>('connecting');
  readonly fault = signal<string | null>(null);
  /** When the connection was lost or first tried without success, in milliseconds since the epoch; null while it is there. */
  readonly lostAtMs = signal<number | null>(null);
  /** The last absence, once it is over: when it began and ended. */
  readonly absence = signal<{ fromMs: number; toMs: number } | null>(null);
  #tries = 0;
  #wasConnected = false;
  #socket: LiveSocket | null = null;
  /** The one that the connection was told last. */
  #token = '';
  /** Tokens refused in a row. */
  #refusals = 0;

  readonly events: Observable<LiveEvent> = defer(() => liveFeed((this.#token = this.#session.token() ?? ''))).pipe(
    tap((event) => {
      if (event.kind === 'connected') this.#connected(event.socket);
    }),
    retry({ delay: (error: unknown) => this.#waitAfter(error) }),
    share(),
    takeUntilDestroyed(inject(DestroyRef)),
  );

  constructor() {
    effect(() => this.#tell(this.#session.token()));
  }

  retryNow(): void {
    this.#retryNow.next();
  }

  #connected(socket: LiveSocket): void {
    this.#socket = socket;
    this.#refusals = 0;
    this.#tell(this.#session.token());
    const fromMs = this.lostAtMs();
    if (fromMs !== null && this.#wasConnected) this.absence.set({ fromMs, toMs: Date.now() });
    this.lostAtMs.set(null);
    this.#tries = 0;
    this.#wasConnected = true;
    this.state.set('connected');
    this.fault.set(null);
  }

  /** Lets the connection live on with a renewed token. Where it is refused the connection ends with the old one, and comes back. */
  #tell(token: string | null): void {
    if (token === null || token === this.#token || this.#socket?.connected !== true) return;
    this.#token = token;
    this.#socket.emit('authenticate', { token }, () => undefined);
  }

  #waitAfter(error: unknown): Observable<unknown> {
    if (!(error instanceof LiveClosed)) return throwError(() => error);
    return error.isUnauthorized ? this.#waitForToken(error) : this.#waitForServer(error);
  }

  /** With another token it goes on at once. Without one the session is over, and this page with it. */
  #waitForToken(error: LiveClosed): Observable<unknown> {
    this.#refusals++;
    return from(this.#session.tokenAfter(this.#token)).pipe(
      switchMap((token) => (token === null ? EMPTY : timer(this.#refusals > 1 ? backoffMs(this.#refusals) : 0))),
      catchError(() => this.#waitForServer(error)),
    );
  }

  #waitForServer(error: LiveClosed): Observable<unknown> {
    this.#tries++;
    this.lostAtMs.update((lostAtMs) => lostAtMs ?? Date.now());
    this.fault.set(error.message);
    this.state.set(this.#tries >= FAILED_AFTER ? 'failed' : this.#wasConnected ? 'reconnecting' : 'connecting');
    return merge(timer(backoffMs(this.#tries)), this.#retryNow, fromEvent(window, 'online')).pipe(take(1));
  }
}
