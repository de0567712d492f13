import { forEachLine, parseCounts } from './counts.ts';
import { ProcfsParseError, shown } from './parse-error.ts';

const FILE = '/proc/vmstat';

/**
 * Parses /proc/vmstat: counters since boot (`pswpin`, in pages) and states (`nr_dirty`) by the kernel's names. What the kernel
 * does not have is not in the map. Throws ProcfsParseError. See proc_vmstat(5).
 */
export function parseVmstat(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  forEachLine(text, (start, end) => {
    const blank = text.indexOf(' ', start);
    const nameEnd = blank === -1 || blank > end ? end : blank;
    const [value, ...others] = parseCounts({ file: FILE, text, start: nameEnd, end }, 2);
    if (value === undefined || others.length > 0) throw new ProcfsParseError(FILE, `${shown(text.slice(start, end))} is not one value`);
    values.set(text.slice(start, nameEnd), value);
  });
  return values;
}
