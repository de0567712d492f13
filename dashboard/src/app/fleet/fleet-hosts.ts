import { HttpClient } from '@angular/common/http';
import { inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { Host, HostEvent, HostsReply } from '@perfwatch/contract';
import { catchError, debounceTime, EMPTY, exhaustMap, merge, Subject, timer } from 'rxjs';
import { problemText } from '../api/problem-text.ts';
import { withHostEvent } from './host-event.ts';

const REFRESH_MS = 10_000;
/** Hosts that start at once are asked for once. */
const SETTLE_MS = 1000;

/** Every host there is, asked for again and again, and the server's clock: that of the browser may be wrong. */
@Injectable()
export class FleetHosts {
  readonly #http = inject(HttpClient);
  readonly #appeared = new Subject<void>();
  readonly #asked = new Subject<void>();
  /** Null until they have come. */
  readonly hosts = signal<readonly Host[] | null>(null);
  /** When `hosts` was so, by the server's clock. */
  readonly asOfMs = signal(Date.now());
  readonly fault = signal<string | null>(null);
  /** The server's clock less that of `performance.now()`. */
  #offsetMs = Date.now() - performance.now();

  constructor() {
    merge(timer(0, REFRESH_MS), this.#asked, this.#appeared.pipe(debounceTime(SETTLE_MS)))
      .pipe(
        exhaustMap(() =>
          this.#http.get<HostsReply>('api/hosts', { observe: 'response' }).pipe(
            catchError((error: unknown) => {
              this.fault.set(problemText(error));
              return EMPTY;
            }),
          ),
        ),
        takeUntilDestroyed(),
      )
      .subscribe(({ body, headers }) => this.#take(body?.hosts ?? [], headers.get('date')));
  }

  /** Now, by the server's clock, in milliseconds since the epoch. */
  nowMs(): number {
    return performance.now() + this.#offsetMs;
  }

  load(): void {
    this.#asked.next();
  }

  /** What the server tells of a host in between. */
  onHost(event: HostEvent): void {
    const hosts = this.hosts();
    if (hosts === null) return;
    if (hosts.some(({ host }) => host === event.host)) this.hosts.set(withHostEvent(hosts, event));
    else this.#appeared.next();
  }

  #take(hosts: readonly Host[], date: string | null): void {
    const serverMs = date === null ? Number.NaN : Date.parse(date);
    if (!Number.isNaN(serverMs)) this.#offsetMs = serverMs - performance.now();
    this.asOfMs.set(this.nowMs());
    this.fault.set(null);
    this.hosts.set(hosts);
  }
}
