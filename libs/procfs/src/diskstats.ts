import { forEachLine, parseCount, parseCounts } from './counts.ts';
import { ProcfsParseError, shown } from './parse-error.ts';

const FILE = '/proc/diskstats';
const SPACE = 32;
/** Columns after the name: 11 in every kernel, 15 since 4.18 (discards), 17 since 5.5 (flushes). */
const CLASSIC_COLUMNS = 11;
const DISCARD_COLUMNS = 15;
const FLUSH_COLUMNS = 17;
/** What kernels 2.6.0 to 2.6.24 tell of a partition: reads, sectors read, writes, sectors written. */
const OLD_PARTITION_COLUMNS = 4;

/**
 * A line of /proc/diskstats: what a block device has done since it was made. Sectors are of 512 bytes, whatever the device has. Times
 * are milliseconds in an `unsigned int` of the kernel, which starts again at 2 ** 32; the rest is an `unsigned long`.
 * Null: this kernel does not count it.
 */
export interface DiskCounters {
  /** As the kernel has it: `sda`, `dm-0`, `cciss/c0d0`. */
  readonly name: string;
  readonly reads: number;
  readonly readsMerged: number;
  readonly sectorsRead: number;
  /** Time that the reads took, each from request to answer, summed up. */
  readonly readMs: number;
  readonly writes: number;
  readonly writesMerged: number;
  readonly sectorsWritten: number;
  readonly writeMs: number;
  /** Time with a request at least. */
  readonly ioMs: number;
  /** Time of all requests summed up, discards and flushes with it where they are counted. */
  readonly weightedMs: number;
  readonly discards: number | null;
  readonly sectorsDiscarded: number | null;
  readonly flushes: number | null;
}

/** Where the blanks that begin at `at` end. */
function skipBlanks(text: string, at: number, end: number): number {
  let next = at;
  while (next < end && text.charCodeAt(next) === SPACE) next += 1;
  return next;
}

/** Where the word that begins at `at` ends. */
function wordEnd(text: string, at: number, end: number): number {
  const blank = text.indexOf(' ', at);
  return blank === -1 || blank > end ? end : blank;
}

function countersOf(name: string, counts: readonly number[]): DiskCounters {
  const [reads = 0, readsMerged = 0, sectorsRead = 0, readMs = 0, writes = 0, writesMerged = 0, sectorsWritten = 0, writeMs = 0] = counts;
  const [, ioMs = 0, weightedMs = 0, discards = 0, , sectorsDiscarded = 0, , flushes = 0] = counts.slice(8);
  const hasDiscards = counts.length >= DISCARD_COLUMNS;
  return {
    ...{ name, reads, readsMerged, sectorsRead, readMs, writes, writesMerged, sectorsWritten, writeMs, ioMs, weightedMs },
    discards: hasDiscards ? discards : null,
    sectorsDiscarded: hasDiscards ? sectorsDiscarded : null,
    flushes: counts.length >= FLUSH_COLUMNS ? flushes : null,
  };
}

/**
 * Parses /proc/diskstats, in the kernel's order: a disk stands before its partitions. Only devices that `isWanted` takes are counted,
 * by name: a large server has hundreds of lines, most of which are partitions. Columns of later kernels are passed over, and so are
 * the short lines of partitions that kernels 2.6.0 to 2.6.24 have. Throws ProcfsParseError. See the kernel's admin-guide/iostats.
 */
export function parseDiskstats(text: string, isWanted: (name: string) => boolean = () => true): DiskCounters[] {
  const disks: DiskCounters[] = [];
  forEachLine(text, (start, end) => {
    const major = skipBlanks(text, start, end);
    const majorEnd = wordEnd(text, major, end);
    const minor = skipBlanks(text, majorEnd, end);
    const minorEnd = wordEnd(text, minor, end);
    const nameStart = skipBlanks(text, minorEnd, end);
    const nameEnd = wordEnd(text, nameStart, end);
    const isDevice = parseCount(text, major, majorEnd) !== null && parseCount(text, minor, minorEnd) !== null;
    if (!isDevice || nameStart === nameEnd) {
      throw new ProcfsParseError(FILE, `${shown(text.slice(start, end))} does not begin with the numbers and the name of a device`);
    }
    const name = text.slice(nameStart, nameEnd);
    if (!isWanted(name)) return;
    const counts = parseCounts({ file: FILE, text, start: nameEnd, end }, FLUSH_COLUMNS);
    if (counts.length >= CLASSIC_COLUMNS) disks.push(countersOf(name, counts));
    else if (counts.length !== OLD_PARTITION_COLUMNS) {
      throw new ProcfsParseError(FILE, `${shown(text.slice(start, end))} has ${counts.length} counts, not ${CLASSIC_COLUMNS} or more`);
    }
  });
  return disks;
}
