/**
 * The value below which that share (0 to 1) of ascending numbers lies, linear between neighbours, as PostgreSQL's percentile_cont and type 7
 * of Hyndman and Fan (1996). Null where there are none.
 */
export function percentile(ascending: Float64Array, share: number): number | null {
  const position = share * (ascending.length - 1);
  const below = ascending[Math.floor(position)];
  const above = ascending[Math.ceil(position)];
  if (below === undefined || above === undefined) return null;
  const weight = position - Math.floor(position);
  // Not below + (above - below) * weight: the difference of two doubles can leave their range.
  return weight === 0 ? below : below * (1 - weight) + above * weight;
}
