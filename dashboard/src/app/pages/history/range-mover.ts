import { computed, inject, Injectable, linkedSignal } from '@angular/core';
import { panRange, zoomRange } from '../../charts/time-chart/move-range.ts';
import type { ChosenRange } from '../../charts/time-chart/time-series.ts';
import type { TimeRange } from '../../live/frame.ts';
import { HistoryAddress } from './history-address.ts';
import { HistoryStore } from './history-store.ts';
import { formatEnd, type RangeEnd } from '../../format/range-text.ts';

/** A hand that has rested for so long has arrived: then the address changes, and finer data are asked for. */
const REST_MS = 180;
const ZOOM_STEP = 0.5;
const PAN_STEP = 0.25;

type Ends = { from: RangeEnd; to: RangeEnd };

/** Zooming and panning. While the hand moves, only the charts move; a whole gesture is one step back in the browser. */
@Injectable()
export class RangeMover {
  readonly #address = inject(HistoryAddress);
  readonly #store = inject(HistoryStore);
  /** Where a gesture is; gone as soon as the address says another range. */
  readonly #moving = linkedSignal<string, TimeRange | null>({ source: () => this.#addressed(), computation: () => null });
  readonly #addressed = computed(() => `${formatEnd(this.#address.state().from)} ${formatEnd(this.#address.state().to)}`);
  /** What the charts show. */
  readonly range = computed(() => this.#moving() ?? this.#store.range());
  /** Where "back to the start" leads: the range that was chosen last in another way than on a chart. */
  #home: Ends = { from: this.#address.state().from, to: this.#address.state().to };
  #resting: ReturnType<typeof setTimeout> | undefined;

  /** A range from a chart. */
  move({ fromMs, toMs, isMoving }: ChosenRange): void {
    clearTimeout(this.#resting);
    this.#moving.set({ fromMs, toMs });
    if (isMoving) this.#resting = setTimeout(() => this.#arrive({ fromMs, toMs }), REST_MS);
    else this.#arrive({ fromMs, toMs });
  }

  /** A range that was chosen by name or typed. */
  choose(ends: Ends): void {
    clearTimeout(this.#resting);
    this.#moving.set(null);
    this.#home = ends;
    this.#address.go(ends);
  }

  goHome(): void {
    this.choose(this.#home);
  }

  /** To later moments above 0, by a part of what is shown. */
  pan(direction: 1 | -1): void {
    this.move({ ...panRange(this.range(), direction * PAN_STEP), isMoving: true });
  }

  /** Closer above 0; around `aroundMs`, or the middle. */
  zoom(direction: 1 | -1, aroundMs: number | null = null): void {
    const range = this.range();
    const factor = direction === 1 ? ZOOM_STEP : 1 / ZOOM_STEP;
    this.move({ ...zoomRange(range, factor, aroundMs ?? (range.fromMs + range.toMs) / 2), isMoving: true });
  }

  stop(): void {
    clearTimeout(this.#resting);
  }

  #arrive({ fromMs, toMs }: TimeRange): void {
    this.#address.go({ from: { kind: 'absolute', timeMs: fromMs }, to: { kind: 'absolute', timeMs: toMs } });
  }
}
