/** Which CPUs to count on: all of them, or these numbers, ascending and without repetition. */
export type CpuSelection = 'all' | readonly number[];

/** The highest CPU number a list may name: the kernel's NR_CPUS is at most 8192. */
const MAX_CPU = 8191;
/** Enough for every second CPU of the largest machines. */
export const MAX_CPU_SELECTION_LENGTH = 20_000;

const RANGE = /^\s*(\d{1,5})\s*(?:-\s*(\d{1,5})\s*)?$/;

/** What is wrong with one range; null when nothing is. */
function rangeFault(range: string): string | null {
  const match = RANGE.exec(range);
  if (range.trim() === '') return 'a number or a range such as 0-3 is missing';
  if (match === null) return `"${range.trim().slice(0, 40)}" is not a number or a range such as 0-3`;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  if (last < first) return `"${range.trim()}" runs backwards`;
  return last > MAX_CPU ? `CPU ${last} is higher than ${MAX_CPU}` : null;
}

/**
 * Parses `all` or a list of CPUs such as `0-3,8,10-11`, the list format of cpuset(7). `fault` says what is wrong and at which character, counted
 * from 1; exactly one of the two is null.
 */
export function parseCpuSelection(text: string): { cpus: CpuSelection; fault: null } | { cpus: null; fault: string } {
  if (text.trim() === 'all') return { cpus: 'all', fault: null };
  const cpus = new Set<number>();
  let at = 0;
  for (const range of text.split(',')) {
    const fault = rangeFault(range);
    if (fault !== null) {
      const position = at + (range.length - range.trimStart().length) + 1;
      return { cpus: null, fault: `${fault} (character ${position}): give all, or CPUs such as 0-3,8,10-11` };
    }
    const match = RANGE.exec(range);
    for (let cpu = Number(match?.[1]); cpu <= Number(match?.[2] ?? match?.[1]); cpu += 1) cpus.add(cpu);
    at += range.length + 1;
  }
  return { cpus: [...cpus].sort((one, other) => one - other), fault: null };
}
