import { DestroyRef, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { Subject, switchMap, tap, timer, map, EMPTY } from 'rxjs';
import type { TimeRange } from './frame.ts';
import { PastApi, type PastQuery } from './past-api.ts';
import { SampleMemory } from './sample-memory.ts';

/** A hand that goes on panning is not answered at every step. */
const SETTLE_MS = 250;
/** Fetched before and after what is shown, as a share of it: the next small steps are there already. */
const MARGIN = 0.25;

interface Chunk {
  memory: SampleMemory;
  range: TimeRange;
}

const covers = (outer: TimeRange, inner: TimeRange) => outer.fromMs <= inner.fromMs && outer.toMs >= inner.toMs;

/** A stretch of the stored past around what a paused page shows: one at a time, the former goes when the next has arrived. */
@Injectable()
export class PastStore {
  readonly #api = inject(PastApi);
  readonly #chunk = signal<Chunk | null>(null);
  readonly #asked = new Subject<(PastQuery & { windowMs: number }) | null>();
  #pending: TimeRange | null = null;
  readonly isLoading = signal(false);
  readonly fault = signal<string | null>(null);

  constructor() {
    this.#asked
      .pipe(
        switchMap((query) => {
          if (query === null) return EMPTY;
          return timer(SETTLE_MS).pipe(
            switchMap(() => this.#api.load(query)),
            map(({ samples, fault }) => ({ query, samples, fault })),
          );
        }),
        tap(({ query, samples, fault }) => {
          const memory = new SampleMemory(query.windowMs);
          memory.addAll(samples);
          this.#chunk.set({ memory, range: query.range });
          this.fault.set(fault);
          this.isLoading.set(false);
        }),
        takeUntilDestroyed(inject(DestroyRef)),
      )
      .subscribe();
  }

  /** The memory to draw a range from, null where nothing of it is here. */
  memoryFor(range: TimeRange): SampleMemory | null {
    const chunk = this.#chunk();
    return chunk !== null && chunk.range.fromMs < range.toMs && chunk.range.toMs > range.fromMs ? chunk.memory : null;
  }

  /** Fetches what a range needs, unless it is here or on its way. `newestMs` is where the past ends for now. */
  want({ host, collectors, range, bucketMs }: PastQuery, { windowMs, newestMs }: { windowMs: number; newestMs: number }): void {
    if (this.#pending !== null && covers(this.#pending, range)) return;
    const marginMs = windowMs * MARGIN;
    const asked = { fromMs: range.fromMs - marginMs, toMs: Math.max(range.toMs, Math.min(range.toMs + marginMs, newestMs)) };
    this.#pending = asked;
    this.isLoading.set(true);
    this.#asked.next({ host, collectors, bucketMs, windowMs, range: asked });
  }

  clear(): void {
    if (this.#pending === null) return;
    this.#pending = null;
    this.#asked.next(null);
    this.#chunk.set(null);
    this.isLoading.set(false);
    this.fault.set(null);
  }
}
