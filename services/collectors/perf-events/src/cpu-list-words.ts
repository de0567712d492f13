/** CPUs in ascending order as the kernel writes lists of them: `0-3,8`. */
export function cpuListWords(cpus: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const cpu of cpus) {
    const range = ranges.at(-1);
    if (range?.[1] === cpu - 1) range[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

const MAX_CHARACTERS = 100;

/** `CPU 3` or `CPUs 0-3,8`, cut where it would be long. */
export function cpuWords(cpus: readonly number[]): string {
  const list = cpuListWords(cpus);
  return `${cpus.length === 1 ? 'CPU' : 'CPUs'} ${list.length > MAX_CHARACTERS ? `${list.slice(0, MAX_CHARACTERS)}...` : list}`;
}
