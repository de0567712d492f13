import { forEachLine, parseCounts } from './counts.ts';
import { ProcfsParseError, shown } from './parse-error.ts';

const FILE = '/proc/net/dev';

/** Counters of an interface, in the order of `InterfaceCounters`: bytes, packets, errors and drops, received and sent. */
export const INTERFACE_COUNTERS = [
  'recvBytes',
  'recvPackets',
  'recvErrors',
  'recvDrops',
  'sentBytes',
  'sentPackets',
  'sentErrors',
  'sentDrops',
] as const;

/** Counters since the interface came up, in the order of INTERFACE_COUNTERS. Null where the kernel does not have the column. */
export type InterfaceCounters = readonly (number | null)[];

/** What the header calls them, for one direction. */
const COLUMN_NAMES = ['bytes', 'packets', 'errs', 'drop'];

/** Instead of counters, of an interface whose driver keeps none; kernels before 2.6.29. */
const NO_STATISTICS = ' No statistics available';

interface Columns {
  /** Position of each of INTERFACE_COUNTERS after the colon; -1 where there is none. */
  readonly positions: readonly number[];
  readonly count: number;
}

/** The columns by the header's second line, ` face |bytes packets ...|bytes packets ...`, and where it ends. */
function findHeader(text: string): Columns & { readonly end: number } {
  const match = /^[ \t]*face[ \t]*\|([^|\n]*)\|([^|\n]*)$/m.exec(text);
  if (match === null) throw new ProcfsParseError(FILE, 'has no header');
  const recvNames = (match[1] ?? '').trim().split(/\s+/);
  const sentNames = (match[2] ?? '').trim().split(/\s+/);
  const sentPosition = (name: string) => {
    const position = sentNames.indexOf(name);
    return position === -1 ? -1 : recvNames.length + position;
  };
  return {
    positions: [...COLUMN_NAMES.map((name) => recvNames.indexOf(name)), ...COLUMN_NAMES.map(sentPosition)],
    count: recvNames.length + sentNames.length,
    end: match.index + match[0].length,
  };
}

/**
 * Parses /proc/net/dev: counters by name of interface. The columns are those of its header: kernels before 2.2 have no bytes.
 * An interface without statistics is not in the map. Throws ProcfsParseError. See proc_net(5), net/core/net-procfs.c.
 */
export function parseNetDev(text: string): ReadonlyMap<string, InterfaceCounters> {
  const interfaces = new Map<string, InterfaceCounters>();
  const columns = findHeader(text);
  forEachLine(text, (start, end) => {
    if (end <= columns.end) return;
    // The last one: the alias "eth0:1" has one of its own, and what follows may touch it.
    const colon = text.lastIndexOf(':', end - 1);
    const name = colon < start ? '' : text.slice(start, colon).trim();
    if (name === '') throw new ProcfsParseError(FILE, `${shown(text.slice(start, end))} names no interface`);
    if (text.startsWith(NO_STATISTICS, colon + 1)) return;
    const counts = parseCounts({ file: FILE, text, start: colon + 1, end }, columns.count);
    if (counts.length < columns.count) throw new ProcfsParseError(FILE, `${shown(text.slice(start, end))} lacks columns`);
    interfaces.set(
      name,
      columns.positions.map((position) => counts[position] ?? null),
    );
  });
  return interfaces;
}
