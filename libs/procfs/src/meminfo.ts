import { forEachLine, parseCount } from './counts.ts';
import { ProcfsParseError, shown } from './parse-error.ts';

const FILE = '/proc/meminfo';
const BYTES_PER_KIB = 1024;
const UNIT = ' kB';

/**
 * Parses /proc/meminfo: by the kernel's names (`MemTotal`, `Active(file)`), bytes where the file says kB, plain counts where it says
 * nothing (`HugePages_Total`). What the kernel does not have is not in the map. Throws ProcfsParseError. See proc_meminfo(5).
 */
export function parseMeminfo(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  forEachLine(text, (start, end) => {
    const colon = text.indexOf(':', start);
    if (colon === -1 || colon >= end) throw new ProcfsParseError(FILE, `${shown(text.slice(start, end))} has no colon`);
    const isKib = text.startsWith(UNIT, end - UNIT.length);
    const value = parseCount(text, colon + 1, isKib ? end - UNIT.length : end);
    if (value === null) throw new ProcfsParseError(FILE, `${shown(text.slice(start, end))} is not one value`);
    values.set(text.slice(start, colon), isKib ? value * BYTES_PER_KIB : value);
  });
  if (!values.has('MemTotal')) throw new ProcfsParseError(FILE, 'has no MemTotal');
  return values;
}
