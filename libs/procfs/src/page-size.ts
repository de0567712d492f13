import { ProcfsParseError } from './parse-error.ts';
import type { HostFs } from './host-fs.ts';

/** AT_NULL and AT_PAGESZ of getauxval(3). */
const END_OF_VECTOR = 0n;
const PAGE_SIZE_TYPE = 6n;
const MIN_PAGE_BYTES = 4096n;
const MAX_PAGE_BYTES = 1_048_576n;

interface WordFormat {
  wordBytes: 4 | 8;
  isLittleEndian: boolean;
}

/** Current architectures first. */
const WORD_FORMATS: readonly WordFormat[] = [
  { wordBytes: 8, isLittleEndian: true },
  { wordBytes: 4, isLittleEndian: true },
  { wordBytes: 8, isLittleEndian: false },
  { wordBytes: 4, isLittleEndian: false },
];

const isPageSize = (bytes: bigint) => bytes >= MIN_PAGE_BYTES && bytes <= MAX_PAGE_BYTES && (bytes & (bytes - 1n)) === 0n;

function findPageSize(view: DataView, { wordBytes, isLittleEndian }: WordFormat): number | null {
  const word = (at: number) => (wordBytes === 8 ? view.getBigUint64(at, isLittleEndian) : BigInt(view.getUint32(at, isLittleEndian)));
  for (let at = 0; at + 2 * wordBytes <= view.byteLength; at += 2 * wordBytes) {
    const type = word(at);
    if (type === END_OF_VECTOR) return null;
    const value = word(at + wordBytes);
    if (type === PAGE_SIZE_TYPE) return isPageSize(value) ? Number(value) : null;
  }
  return null;
}

/** The page size in bytes from an auxiliary vector of any word size and byte order. Throws ProcfsParseError. See proc_pid_auxv(5). */
export function parseAuxvPageSize(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const format of WORD_FORMATS) {
    const pageSize = findPageSize(view, format);
    if (pageSize !== null) return pageSize;
  }
  throw new ProcfsParseError('/proc/self/auxv', 'has no page size');
}

/** The page size in bytes from the first mapping of smaps. Throws ProcfsParseError. See proc_pid_smaps(5). */
export function parseSmapsPageSize(text: string): number {
  const match = /^KernelPageSize:\s+(\d{1,6}) kB$/m.exec(text);
  const bytes = match === null ? 0n : BigInt(match[1] ?? 0) * 1024n;
  if (!isPageSize(bytes)) throw new ProcfsParseError('/proc/self/smaps', 'has no KernelPageSize');
  return Number(bytes);
}

/** The kernel's page size in bytes. Null where neither the auxiliary vector nor the mappings of this process tell. */
export function readPageSizeBytes(fs: HostFs): number | null {
  const auxv = fs.readProcBytes('self/auxv');
  try {
    if (auxv !== null) return parseAuxvPageSize(auxv);
  } catch (error) {
    if (!(error instanceof ProcfsParseError)) throw error;
  }
  return fs.parseProc('self/smaps', parseSmapsPageSize);
}
