import type { TimePoint } from './time-series.ts';

type Place = [x: number, y: number];
/** A moment and a value in pixels of the canvas. */
type Locate = (timeMs: number, value: number) => Place;

/** What is drawn behind a line: the band around each stretch of it, and a dot for a point alone, which makes no line. */
export interface BandShapes {
  bands: Place[][];
  dots: Place[];
}

/** The outline of the band of each stretch without a gap: along the highest, and back along the lowest. */
export function bandShapes(points: readonly TimePoint[], locate: Locate): BandShapes {
  const shapes: BandShapes = { bands: [], dots: [] };
  let highest: Place[] = [];
  let lowest: Place[] = [];
  let last: Place | null = null;
  const close = () => {
    if (highest.length === 1 && last !== null) shapes.dots.push(last);
    if (highest.length > 1) shapes.bands.push([...highest, ...lowest.reverse()]);
    [highest, lowest, last] = [[], [], null];
  };
  for (const [timeMs, mean, min, max] of points) {
    if (mean === null) close();
    else {
      highest.push(locate(timeMs, max ?? mean));
      lowest.push(locate(timeMs, min ?? mean));
      last = locate(timeMs, mean);
    }
  }
  close();
  return shapes;
}
