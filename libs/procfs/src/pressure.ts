import { forEachLine, parseCount } from './counts.ts';
import { ProcfsParseError, shown } from './parse-error.ts';

const TOTAL = ' total=';

/** How long tasks were stalled since boot, in microseconds. */
export interface Pressure {
  /** At least one task; null where the kernel does not tell, as for interrupts. */
  readonly someMicroseconds: number | null;
  /** All tasks that are not idle at once; null where the kernel does not tell, as for the CPU before 5.13. */
  readonly fullMicroseconds: number | null;
}

/**
 * Parses a file of /proc/pressure. The kernel brings `total` up to date at each read, so that it is exact at that moment, unlike
 * the averages, which it computes every two seconds. Throws ProcfsParseError. See the kernel's accounting/psi.
 */
export function parsePressure(text: string): Pressure {
  const totals = new Map<string, number>();
  forEachLine(text, (start, end) => {
    const line = text.slice(start, end);
    const at = line.indexOf(TOTAL);
    const total = at === -1 ? null : parseCount(line, at + TOTAL.length, line.length);
    const kind = line.slice(0, 5);
    if (total === null || (kind !== 'some ' && kind !== 'full ')) {
      throw new ProcfsParseError('/proc/pressure', `${shown(line)} has no total of some or full`);
    }
    totals.set(kind, total);
  });
  if (totals.size === 0) throw new ProcfsParseError('/proc/pressure', 'has neither some nor full');
  return { someMicroseconds: totals.get('some ') ?? null, fullMicroseconds: totals.get('full ') ?? null };
}
