/** A point in CSS pixels. */
export type Point = readonly [x: number, y: number];

/**
 * A line of many points with at most four in each column of pixels: the first, the lowest, the highest and the last of it. It looks the
 * same, as no two points of a column can be told apart but by their heights. `points` run from left to right.
 */
export function thinned(points: readonly Point[]): readonly Point[] {
  const kept: Point[] = [];
  for (let from = 0; from < points.length;) {
    const column = Math.floor(points[from]?.[0] ?? 0);
    let to = from + 1;
    while (to < points.length && Math.floor(points[to]?.[0] ?? 0) === column) to++;
    if (to - from <= 4) for (let index = from; index < to; index++) keep(kept, points[index]);
    else for (const index of extremes(points, { from, to })) keep(kept, points[index]);
    from = to;
  }
  return kept;
}

function keep(kept: Point[], point: Point | undefined): void {
  if (point !== undefined) kept.push(point);
}

/** Where the first, lowest, highest and last of a stretch stand, in order, each once. */
function extremes(points: readonly Point[], { from, to }: { from: number; to: number }): number[] {
  let [low, high] = [from, from];
  for (let index = from; index < to; index++) {
    const y = points[index]?.[1] ?? 0;
    if (y < (points[low]?.[1] ?? 0)) low = index;
    if (y > (points[high]?.[1] ?? 0)) high = index;
  }
  return [...new Set([from, Math.min(low, high), Math.max(low, high), to - 1])];
}
