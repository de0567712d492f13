/** A viewer's own order of panels: those named come first, in that order; the others follow in theirs. */
export function arranged(names: readonly string[], order: readonly string[]): string[] {
  return [...order.filter((name) => names.includes(name)), ...names.filter((name) => !order.includes(name))];
}

/**
 * The order to keep after a panel has changed its place with the next one shown (`step` 1) or the one before (-1). Names of other hosts'
 * collectors keep their places at the end. The same order where there is no such neighbour.
 */
export function moved(
  name: string,
  step: -1 | 1,
  { names, order, hidden }: { names: readonly string[]; order: readonly string[]; hidden: readonly string[] },
): string[] {
  const all = arranged(names, order);
  const shown = all.filter((other) => !hidden.includes(other));
  const neighbour = shown[shown.indexOf(name) + step];
  const rest = order.filter((other) => !names.includes(other));
  if (!shown.includes(name) || neighbour === undefined) return [...all, ...rest];
  const without = all.filter((other) => other !== name);
  return [...without.toSpliced(without.indexOf(neighbour) + (step === 1 ? 1 : 0), 0, name), ...rest];
}

/** The collector a panel belongs to: `memory-bandwidth` and not `memory`, `cpu` for `cpu-cores`. Null where it is none of these. */
export function collectorOf(panel: string, collectors: readonly string[]): string | null {
  const owners = collectors.filter((name) => panel === name || panel.startsWith(`${name}-`));
  return owners.toSorted((a, b) => b.length - a.length)[0] ?? null;
}
