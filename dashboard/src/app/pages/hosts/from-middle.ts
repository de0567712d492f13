/** Items in order of their distance from the middle: those at the edges are the first to be left out. */
export function fromMiddle<T>(items: readonly T[]): T[] {
  const middle = (items.length - 1) / 2;
  return items
    .map((item, index) => ({ item, distance: Math.abs(index - middle) }))
    .toSorted((a, b) => a.distance - b.distance)
    .map(({ item }) => item);
}
