import { computed, DestroyRef, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { AuditAction, AuditEvent } from '@perfwatch/contract';
import { catchError, EMPTY, Subject, switchMap, tap } from 'rxjs';
import { AuditApi } from '../../../api/audit-api.ts';
import { problemText } from '../../../api/problem-text.ts';

/** One page of the audit trail at a time, newest first. */
@Injectable()
export class AuditStore {
  readonly #api = inject(AuditApi);
  readonly #asked = new Subject<void>();
  /** Where each page that was looked at begins, the newest first; the last is the one that is shown. */
  readonly #starts = signal<readonly (number | null)[]>([null]);
  readonly #next = signal<number | null>(null);
  readonly action = signal<AuditAction | null>(null);
  readonly actor = signal('');
  /** Null before there are any. */
  readonly events = signal<readonly AuditEvent[] | null>(null);
  readonly isLoading = signal(true);
  readonly fault = signal<string | null>(null);
  readonly hasOlder = computed(() => this.#next() !== null);
  readonly hasNewer = computed(() => this.#starts().length > 1);
  readonly isFiltered = computed(() => this.action() !== null || this.actor() !== '');

  constructor() {
    this.#asked
      .pipe(
        tap(() => this.isLoading.set(true)),
        switchMap(() =>
          this.#api.events({ action: this.action(), actor: this.actor(), before: this.#starts().at(-1) ?? null }).pipe(
            catchError((error: unknown) => {
              this.fault.set(problemText(error));
              this.isLoading.set(false);
              return EMPTY;
            }),
          ),
        ),
        takeUntilDestroyed(inject(DestroyRef)),
      )
      .subscribe(({ events, next }) => {
        this.events.set(events);
        this.#next.set(next);
        this.fault.set(null);
        this.isLoading.set(false);
      });
    this.load();
  }

  load(): void {
    this.#asked.next();
  }

  filter({ action = this.action(), actor = this.actor() }: { action?: AuditAction | null; actor?: string }): void {
    this.action.set(action);
    this.actor.set(actor);
    this.newest();
  }

  newest(): void {
    this.#starts.set([null]);
    this.load();
  }

  older(): void {
    this.#starts.update((starts) => [...starts, this.#next()]);
    this.load();
  }

  newer(): void {
    this.#starts.update((starts) => starts.slice(0, -1));
    this.load();
  }
}
