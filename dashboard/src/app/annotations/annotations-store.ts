import { computed, DestroyRef, effect, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { Annotation, AnnotationRecord } from '@perfwatch/contract';
import { debounceTime, EMPTY, catchError, Subject, switchMap, tap } from 'rxjs';
import { HistoryApi } from '../api/history-api.ts';
import { LiveStore } from '../live/live-store.ts';
import { markTold, withMark } from './marks.ts';

const HOUR_MS = 3_600_000;
/** Hours asked for at once: the longest window, and that much before and after it. */
const ASKED_HOURS = 3;
/** Changes come in bursts: one question answers them all. */
const SETTLE_MS = 300;
/** Kept of one host, as many as the server gives at once. */
const MOST_MARKS = 1000;

/** The marks of the live page's host around what is shown, as they are set. */
@Injectable()
export class AnnotationsStore {
  readonly #api = inject(HistoryApi);
  readonly #live = inject(LiveStore);
  readonly #marks = signal<readonly AnnotationRecord[]>([]);
  readonly #reload = new Subject<void>();
  readonly #asked = computed(() => ({ host: this.#live.host(), fromMs: Math.floor(this.#live.range().fromMs / HOUR_MS - 1) * HOUR_MS }), {
    equal: (a, b) => a.host === b.host && a.fromMs === b.fromMs,
  });
  readonly marks = this.#marks.asReadonly();
  /** Those within the window shown, oldest first. */
  readonly shown = computed(
    () => {
      const { fromMs, toMs } = this.#live.range();
      return this.#marks().filter(({ ts }) => Date.parse(ts) >= fromMs && Date.parse(ts) <= toMs);
    },
    { equal: (a, b) => a.length === b.length && a.every((mark, index) => mark === b[index]) },
  );

  constructor() {
    const destroyRef = inject(DestroyRef);
    this.#reload
      .pipe(
        debounceTime(SETTLE_MS),
        switchMap(() => this.#load()),
        takeUntilDestroyed(destroyRef),
      )
      .subscribe();
    this.#live.connection.events.pipe(takeUntilDestroyed(destroyRef)).subscribe((event) => {
      if (event.kind === 'annotation') this.#add(event.annotation);
      else if (event.kind === 'annotation_removed') this.drop(event.id);
      else if (event.kind === 'connected') this.#reload.next();
    });
    effect(() => {
      if (this.#asked().host !== null) this.#reload.next();
    });
    effect(() => {
      this.#live.host();
      this.#marks.set([]);
    });
  }

  /** A mark that was set here: shown at once, before the server tells everyone. */
  add(mark: AnnotationRecord): void {
    if (mark.host !== null && mark.host !== this.#live.host()) return;
    this.#marks.update((marks) => withMark(marks, mark, MOST_MARKS));
  }

  /** Takes a mark away that was removed. */
  drop(id: string): void {
    this.#marks.update((marks) => marks.filter((mark) => mark.id !== id));
  }

  #add(annotation: Annotation & { host: string }): void {
    if (annotation.host !== this.#live.host()) return;
    const mark = markTold(annotation);
    if (mark === null) this.#reload.next();
    else this.add(mark);
  }

  #load() {
    const { host, fromMs } = this.#asked();
    if (host === null) return EMPTY;
    return this.#api.annotations({ host, fromMs, toMs: fromMs + ASKED_HOURS * HOUR_MS }).pipe(
      tap(({ annotations }) => this.#marks.set(annotations)),
      // The charts go on without marks; the next hour or the next connection asks again.
      catchError(() => EMPTY),
    );
  }
}
