import type { TimeRange } from '../../live/frame.ts';
import { momentAt, panRange, rangeBetween, zoomRange } from './move-range.ts';
import type { ChosenRange } from './time-series.ts';

/** A hand's width of a brush that is meant as one, in CSS pixels: less is a click. */
const LEAST_BRUSH = 5;
/** One notch of a wheel makes the range this much longer. */
const ZOOM_PER_NOTCH = 1.25;
const NOTCH_PIXELS = 100;
/** A page that scrolls goes on scrolling when a chart comes under the pointer: a wheel turned this recently elsewhere is not for the chart. */
const SCROLLING_MS = 400;

type Drag =
  | { kind: 'brush'; fromX: number }
  | { kind: 'pan'; fromX: number; start: TimeRange }
  | { kind: 'pinch'; start: TimeRange; shares: readonly [number, number] };

/** What a gesture came to: a stretch marked but not yet chosen, or a range. */
export type GestureResult =
  { kind: 'brush'; shares: readonly [number, number] } | { kind: 'zoomed' | 'panned'; range: ChosenRange } | { kind: 'nothing' };

/** Where the plot is and what it shows. */
export interface Plot {
  /** CSS pixels. */
  width: number;
  range: TimeRange;
}

const NOTHING: GestureResult = { kind: 'nothing' };

/** Fingers, mouse and wheel on a chart: a mouse brushes (with Shift or on the axis: pans), a finger pans, two pinch. X in CSS pixels from the plot's left. */
export class ChartGestures {
  #drag: Drag | null = null;
  readonly #pointers = new Map<number, number>();

  down({ id, x, pans }: { id: number; x: number; pans: boolean }, { range, width }: Plot): void {
    this.#pointers.set(id, x);
    const [first, second] = [...this.#pointers.values()];
    if (first !== undefined && second !== undefined) {
      this.#drag = { kind: 'pinch', start: range, shares: [first / width, second / width] };
    } else this.#drag = pans ? { kind: 'pan', fromX: x, start: range } : { kind: 'brush', fromX: x };
  }

  move({ id, x }: { id: number; x: number }, { width }: Plot): GestureResult {
    if (this.#drag === null || !this.#pointers.has(id)) return NOTHING;
    this.#pointers.set(id, x);
    if (this.#drag.kind === 'brush') return { kind: 'brush', shares: [this.#drag.fromX / width, x / width] };
    if (this.#drag.kind === 'pan') {
      if (x === this.#drag.fromX) return NOTHING;
      return { kind: 'panned', range: { ...panRange(this.#drag.start, (this.#drag.fromX - x) / width), isMoving: true } };
    }
    const [first, second] = [...this.#pointers.values()];
    if (first === undefined || second === undefined) return NOTHING;
    return { kind: 'zoomed', range: { ...pinched(this.#drag, [first / width, second / width]), isMoving: true } };
  }

  up({ id, x }: { id: number; x: number }, { range, width }: Plot): GestureResult {
    const drag = this.#drag;
    if (!this.#pointers.delete(id) || drag === null) return NOTHING;
    this.#drag = null;
    if (drag.kind === 'brush') {
      if (Math.abs(x - drag.fromX) < LEAST_BRUSH) return NOTHING;
      const shares = [drag.fromX, x].map((place) => Math.min(1, Math.max(0, place / width)));
      return { kind: 'zoomed', range: { ...rangeBetween(range, [shares[0] ?? 0, shares[1] ?? 1]), isMoving: false } };
    }
    const isMoved = drag.start.fromMs !== range.fromMs || drag.start.toMs !== range.toMs;
    return isMoved ? { kind: 'panned', range: { ...range, isMoving: false } } : NOTHING;
  }

  cancel(): void {
    this.#drag = null;
    this.#pointers.clear();
  }
}

function pinched({ start, shares }: Extract<Drag, { kind: 'pinch' }>, [first, second]: readonly [number, number]): TimeRange {
  const factor = Math.abs(shares[0] - shares[1]) / Math.max(0.02, Math.abs(first - second));
  const zoomed = zoomRange(start, factor, momentAt((shares[0] + shares[1]) / 2, start));
  return panRange(zoomed, (shares[0] + shares[1] - first - second) / 2);
}

/** What a turn of the wheel over a chart means; null where the page is to scroll. */
export class WheelZoom {
  #scrolledAtMs = -Infinity;

  /** A wheel was turned where no chart is. */
  scrolled(atMs: number): void {
    this.#scrolledAtMs = atMs;
  }

  turned(
    { deltaX, deltaY, atMs, isShift }: { deltaX: number; deltaY: number; atMs: number; isShift: boolean },
    { range, share }: { range: TimeRange; share: number },
  ): ChosenRange | null {
    if (atMs - this.#scrolledAtMs < SCROLLING_MS) {
      this.#scrolledAtMs = atMs;
      return null;
    }
    const isSideways = isShift || Math.abs(deltaX) > Math.abs(deltaY);
    if (isSideways) return { ...panRange(range, (isShift && deltaX === 0 ? deltaY : deltaX) / (8 * NOTCH_PIXELS)), isMoving: true };
    return { ...zoomRange(range, ZOOM_PER_NOTCH ** (deltaY / NOTCH_PIXELS), momentAt(share, range)), isMoving: true };
  }
}
