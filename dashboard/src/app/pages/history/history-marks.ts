import { computed, DestroyRef, inject, Injectable, linkedSignal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { AnnotationRecord } from '@perfwatch/contract';
import { catchError, debounceTime, EMPTY, forkJoin, map, type Observable, Subject, switchMap } from 'rxjs';
import { isMarkWithin, markTold, oldestFirst, withMark } from '../../annotations/marks.ts';
import { HistoryApi } from '../../api/history-api.ts';
import type { LiveEvent } from '../../live/live-feed.ts';
import { LiveConnection } from '../../live/live-connection.ts';
import { HistoryStore } from './history-store.ts';

/** Changes come in bursts, and what is told is stored a moment later: one question answers them all. */
const SETTLE_MS = 300;
/** As many as the server gives of a host at once. */
const MOST_MARKS = 1000;

/** The marks of what is shown, as they are set and removed, wherever that is done. */
@Injectable()
export class HistoryMarks {
  readonly #api = inject(HistoryApi);
  readonly #store = inject(HistoryStore);
  readonly #reload = new Subject<void>();
  readonly #marks = linkedSignal<readonly AnnotationRecord[]>(() => oldestFirst(this.#store.marks()));
  readonly marks = computed(() => {
    const shown = { hosts: this.#store.state().hosts, ...this.#store.range() };
    return this.#marks().filter((mark) => isMarkWithin(mark, shown));
  });

  constructor() {
    const destroyRef = inject(DestroyRef);
    this.#reload
      .pipe(
        debounceTime(SETTLE_MS),
        switchMap(() => this.#load()),
        takeUntilDestroyed(destroyRef),
      )
      .subscribe((marks) => this.#marks.set(marks));
    inject(LiveConnection)
      .events.pipe(takeUntilDestroyed(destroyRef))
      .subscribe((event) => this.#on(event));
  }

  add(mark: AnnotationRecord): void {
    this.#marks.update((marks) => withMark(marks, mark, MOST_MARKS));
  }

  drop(id: string): void {
    this.#marks.update((marks) => marks.filter((mark) => mark.id !== id));
  }

  #on(event: LiveEvent): void {
    if (event.kind === 'connected') {
      // What failed while the server was away, and what was set meanwhile.
      if (this.#store.fault() !== null) this.#store.reload();
      this.#reload.next();
    } else if (event.kind === 'annotation') {
      const mark = markTold(event.annotation);
      if (mark !== null) this.add(mark);
      this.#reload.next();
    } else if (event.kind === 'annotation_removed') {
      this.drop(event.id);
      this.#reload.next();
    }
  }

  #load(): Observable<AnnotationRecord[]> {
    const range = this.#store.range();
    return forkJoin(this.#store.state().hosts.map((host) => this.#api.annotations({ host, ...range }))).pipe(
      map((replies) => oldestFirst(replies.flatMap(({ annotations }) => annotations))),
      // The charts go on with the marks they have; the next change or connection asks again.
      catchError(() => EMPTY),
    );
  }
}
