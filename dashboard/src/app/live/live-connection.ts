import { DestroyRef, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { ActivatedRoute } from '@angular/router';
import { defer, EMPTY, fromEvent, merge, type Observable, retry, share, Subject, take, tap, throwError, timer } from 'rxjs';
import { SessionStore } from '../session/session-store.ts';
import { backoffMs } from './backoff.ts';
import { LiveClosed, liveFeed, type LiveEvent } from './live-feed.ts';

export const CONNECTION_STATES = ['connecting', 'connected', 'reconnecting', 'failed'] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

/** Tries without success after which the page says `failed`. It goes on trying all the same. */
const FAILED_AFTER = 6;

const ENDED = 'Your session has ended. Log in again to go on.';
const ENDED_ON_THE_WALL = 'The session of this display has ended. Log in again, and it shows what it did before.';

/** The live connection as a stream that never ends by itself: it returns with backoff, at once when asked or when the browser is online again. */
@Injectable()
export class LiveConnection {
  readonly #session = inject(SessionStore);
  readonly #route = inject(ActivatedRoute);
  readonly #retryNow = new Subject<void>();
  readonly state = signal<ConnectionState>('connecting');
  readonly fault = signal<string | null>(null);
  /** When the connection was lost or first tried without success, in milliseconds since the epoch; null while it is there. */
  readonly lostAtMs = signal<number | null>(null);
  /** The last absence, once it is over: when it began and ended. */
  readonly absence = signal<{ fromMs: number; toMs: number } | null>(null);
  #tries = 0;
  #wasConnected = false;

  readonly events: Observable<LiveEvent> = defer(() => liveFeed(this.#session.token() ?? '')).pipe(
    tap((event) => {
      if (event.kind === 'connected') this.#connected();
    }),
    retry({ delay: (error: unknown) => this.#waitAfter(error) }),
    share(),
    takeUntilDestroyed(inject(DestroyRef)),
  );

  retryNow(): void {
    this.#retryNow.next();
  }

  #connected(): void {
    const fromMs = this.lostAtMs();
    if (fromMs !== null && this.#wasConnected) this.absence.set({ fromMs, toMs: Date.now() });
    this.lostAtMs.set(null);
    this.#tries = 0;
    this.#wasConnected = true;
    this.state.set('connected');
    this.fault.set(null);
  }

  #waitAfter(error: unknown): Observable<unknown> {
    if (!(error instanceof LiveClosed)) return throwError(() => error);
    if (error.isUnauthorized) {
      this.#session.end(this.#route.snapshot.queryParamMap.has('kiosk') ? ENDED_ON_THE_WALL : ENDED);
      return EMPTY;
    }
    this.#tries++;
    this.lostAtMs.update((lostAtMs) => lostAtMs ?? Date.now());
    this.fault.set(error.message);
    this.state.set(this.#tries >= FAILED_AFTER ? 'failed' : this.#wasConnected ? 'reconnecting' : 'connecting');
    return merge(timer(backoffMs(this.#tries)), this.#retryNow, fromEvent(window, 'online')).pipe(take(1));
  }
}
