import { parseCount } from './counts.ts';
import { ProcfsParseError, shown } from './parse-error.ts';

const FILE = '/proc/vmstat';

/** Where the line of `name` begins; -1 when there is none. */
function lineOf(text: string, name: string): number {
  if (text.startsWith(`${name} `)) return 0;
  const newline = text.indexOf(`\n${name} `);
  return newline === -1 ? -1 : newline + 1;
}

/**
 * The values of `names` in /proc/vmstat: counters since boot (`pswpin`, in pages) and states (`nr_dirty`). What the kernel does
 * not have is not in the map. The file has some two hundred lines; finding a few takes a tenth of parsing them all.
 * Throws ProcfsParseError. See proc_vmstat(5).
 */
export function parseVmstat(text: string, names: readonly string[]): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const name of names) {
    const start = lineOf(text, name);
    if (start === -1) continue;
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const value = parseCount(text, start + name.length, end);
    if (value === null) throw new ProcfsParseError(FILE, `${shown(text.slice(start, end))} is not one count`);
    values.set(name, value);
  }
  return values;
}
