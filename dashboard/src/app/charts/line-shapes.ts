import type { FrameRow, TimeRange } from '../live/frame.ts';
import type { AxisScale } from './axis-scale.ts';
import { lineOpacityOf } from './certainty.ts';
import { shareColumns, type ChartSpec } from './chart-spec.ts';
import { thinned, type Point } from './thinned.ts';

/** An unbroken part of a line or of a layer's upper edge, in CSS pixels from the plot's upper left corner. */
export interface Stretch {
  upper: readonly Point[];
  /** The lower edge of a layer, or the line of 0 below a line. */
  lower: readonly Point[];
  /** How strong it is drawn, as certain as it is: 0 to 1. */
  opacity: number;
}

export interface PlotBox {
  width: number;
  height: number;
  range: TimeRange;
  scale: AxisScale;
}

/** The stretches of each series of a chart. What is not known breaks a line; a layer stands on those before it that are known. */
export function lineShapes(rows: readonly FrameRow[], spec: ChartSpec, { width, height, range, scale }: PlotBox): Stretch[][] {
  const { min = 0, max } = scale;
  const perMs = width / (range.toMs - range.fromMs);
  const perUnit = height / (max - min);
  const xs = rows.map(([timeMs]) => (timeMs - range.fromMs) * perMs);
  const y = (value: number) => height - (Math.min(max, Math.max(min, value)) - min) * perUnit;
  const base = new Float64Array(rows.length);
  const shares = shareColumns(spec);
  return spec.series.map((_, series) => {
    const share = shares[series] ?? null;
    const points = new StretchBuilder(y(0));
    rows.forEach((row, index) => {
      const value = row[series + 1] ?? null;
      const [x, from] = [xs[index] ?? 0, base[index] ?? 0];
      if (value === null) {
        points.breakOff();
        return;
      }
      const to = spec.stacked ? from + Math.max(0, value) : value;
      base[index] = spec.stacked ? to : 0;
      points.add({
        x,
        upper: y(to),
        lower: spec.stacked ? y(from) : null,
        opacity: share === null ? 1 : lineOpacityOf(row[share + 1] ?? null),
      });
    });
    return points.finish();
  });
}

interface LinePoint {
  x: number;
  upper: number;
  /** Null for a line, which stands on 0. */
  lower: number | null;
  opacity: number;
}

/** A layer nowhere higher than this, in CSS pixels, is not seen. */
const LEAST_HEIGHT = 0.1;

/** Collects the points of one series into stretches. A stretch between two points is as weak as the weaker of them. */
class StretchBuilder {
  readonly #zero: number;
  readonly #stretches: Stretch[] = [];
  #upper: Point[] = [];
  #lower: Point[] = [];
  #opacity = 1;
  #height = 0;
  #last: LinePoint | null = null;

  constructor(zero: number) {
    this.#zero = zero;
  }

  add(point: LinePoint): void {
    const last = this.#last;
    const opacity = last === null ? point.opacity : Math.min(last.opacity, point.opacity);
    if (last !== null && this.#upper.length > 1 && opacity !== this.#opacity) {
      this.breakOff();
      this.#put(last);
    }
    this.#opacity = opacity;
    this.#put(point);
    this.#last = point;
  }

  breakOff(): void {
    const [first, last] = [this.#upper[0], this.#upper.at(-1)];
    const isSeen = this.#lower.length === 0 || this.#height >= LEAST_HEIGHT;
    if (first !== undefined && last !== undefined && isSeen) {
      const lower = this.#lower.length > 0 ? thinned(this.#lower) : [[first[0], this.#zero] as const, [last[0], this.#zero] as const];
      this.#stretches.push({ upper: thinned(this.#upper), lower, opacity: this.#opacity });
    }
    this.#upper = [];
    this.#lower = [];
    this.#height = 0;
    this.#last = null;
  }

  finish(): Stretch[] {
    this.breakOff();
    return this.#stretches;
  }

  #put({ x, upper, lower }: LinePoint): void {
    this.#upper.push([x, upper]);
    if (lower === null) return;
    this.#lower.push([x, lower]);
    this.#height = Math.max(this.#height, lower - upper);
  }
}
