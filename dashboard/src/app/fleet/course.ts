import type { MetricValue } from '@perfwatch/contract';

/** What a sparkline reaches back. */
export const COURSE_MS = 120_000;
/** One point of it: less could not be seen in its width. */
export const STEP_MS = 2000;
const SLOTS = COURSE_MS / STEP_MS + 1;
/** Points further apart than this many intervals have a gap between them. */
const GAP_INTERVALS = 2.5;

/** The grid that paths are drawn on. */
export const SPARK_WIDTH = 2 * (SLOTS - 1);
export const SPARK_HEIGHT = 24;
/** Room at the top and bottom for the line's own width. */
const MARGIN = 1.5;

/** A sparkline as SVG paths on a grid of `SPARK_WIDTH` by `SPARK_HEIGHT`; empty where there is nothing to draw. */
export interface SparkPaths {
  line: string;
  area: string;
}

export interface CourseLook {
  /** The value at the upper edge; null for the highest of the line. */
  top: number | null;
  /** How often it is sampled, as far as is known without a Sample. */
  intervalMs: number;
}

export const stepOf = (timeMs: number): number => Math.floor(timeMs / STEP_MS);

/** The last two minutes of one measure of one host: a mean for every two seconds, 61 at most. */
export class Course {
  readonly #steps = new Float64Array(SLOTS).fill(Number.NaN);
  readonly #sums = new Float64Array(SLOTS);
  readonly #counts = new Uint16Array(SLOTS);
  #intervalMs = 0;

  add(timeMs: number, value: MetricValue, intervalMs: number): void {
    this.#intervalMs = intervalMs;
    const slot = this.#slot(stepOf(timeMs));
    if (slot === null || value === null) return;
    this.#sums[slot] = (this.#sums[slot] ?? 0) + value;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
  }

  /** Fills in a step of the past, unless its Samples have come by themselves. */
  addPast(timeMs: number, value: MetricValue): void {
    const step = stepOf(timeMs);
    if (this.#steps[step % SLOTS] === step) return;
    const slot = this.#slot(step);
    if (slot === null || value === null) return;
    this.#sums[slot] = value;
    this.#counts[slot] = 1;
  }

  /** Its line up to a step. */
  paths(newestStep: number, { top, intervalMs }: CourseLook): SparkPaths {
    const points = this.#points(newestStep);
    const highest = top ?? points.reduce((most, [, value]) => Math.max(most, value), 0) * 1.1;
    const farthest = Math.max(1, (GAP_INTERVALS * Math.max(this.#intervalMs, intervalMs)) / STEP_MS);
    let [line, area, stretch, lastStep] = ['', '', '', Number.NEGATIVE_INFINITY];
    const x = (step: number) => SPARK_WIDTH - 2 * (newestStep - step);
    const close = () => {
      if (stretch !== '') area += `${stretch}V${SPARK_HEIGHT}Z`;
    };
    for (const [step, value] of points) {
      const share = highest > 0 ? Math.min(1, Math.max(0, value / highest)) : 0;
      const y = (SPARK_HEIGHT - MARGIN - share * (SPARK_HEIGHT - 2 * MARGIN)).toFixed(1);
      if (step - lastStep > farthest) {
        close();
        // A lone point is a stroke of no length, which round ends make a dot.
        line += `M${x(step)} ${y}h0`;
        stretch = `M${x(step)} ${SPARK_HEIGHT}V${y}`;
      } else {
        line += `L${x(step)} ${y}`;
        stretch += `L${x(step)} ${y}`;
      }
      lastStep = step;
    }
    close();
    return { line, area };
  }

  /** The place of a step; null for one that a newer has taken. */
  #slot(step: number): number | null {
    const slot = step % SLOTS;
    const held = this.#steps[slot] ?? Number.NaN;
    if (held > step) return null;
    if (held !== step) {
      this.#steps[slot] = step;
      this.#sums[slot] = 0;
      this.#counts[slot] = 0;
    }
    return slot;
  }

  /** Steps with a value, oldest first. */
  #points(newestStep: number): (readonly [step: number, value: number])[] {
    const points: (readonly [number, number])[] = [];
    for (let step = newestStep - SLOTS + 1; step <= newestStep; step++) {
      const slot = step % SLOTS;
      const count = this.#counts[slot] ?? 0;
      if (this.#steps[slot] === step && count > 0) points.push([step, (this.#sums[slot] ?? 0) / count]);
    }
    return points;
  }
}
