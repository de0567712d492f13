import { closeSync, constants, openSync, readSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ProcfsParseError } from './parse-error.ts';

/** Where the monitored machine's trees are mounted. Looked up at every read. */
export interface HostRoots {
  readonly procRoot: string;
  readonly sysRoot: string;
  readonly rootRoot: string;
}

const FIRST_BUFFER_BYTES = 64 * 1024;
/** /proc/stat of 1024 CPUs with long interrupt lines has about 200 KiB. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;
/** A file per CPU of the largest machines; what was not read for longest is closed first. */
const MAX_OPEN_FILES = 1024;
const MAX_FAULTS = 1024;
/** A pipe in the place of a file would keep the tick waiting for somebody to write. */
const READ_WITHOUT_WAITING = constants.O_RDONLY | constants.O_NONBLOCK;

const CURES: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist on this machine',
  ENOTDIR: 'does not exist on this machine',
  ENODEV: 'belongs to a device that is gone',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  EMFILE: 'cannot be opened: raise the limit of open files (ulimit -n)',
};

function describeFault(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  return (code === null ? null : CURES[code]) ?? `cannot be read (${code ?? String(error)})`;
}

/**
 * Small kernel files of the monitored machine, read synchronously: they come from memory, and a read takes microseconds.
 * Files stay open between reads, as procps keeps them: reading again from the start gives the state of that moment at a
 * quarter to two thirds of the price of opening anew. Everything is read lazily; `close` may be called at any time.
 */
export class HostFs {
  readonly #roots: HostRoots;
  #buffer = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
  /** Descriptor by path, in the order of use. */
  readonly #open = new Map<string, number>();
  /** Why the last read of a path gave null. */
  readonly #faults = new Map<string, string>();

  constructor(roots: HostRoots) {
    this.#roots = roots;
  }

  /** Text of a file below /proc. Null where it cannot be read; `faultOfProc` says why. */
  readProc(path: string): string | null {
    return this.#text(`${this.#roots.procRoot}/${path}`);
  }

  /** Text of a file below /sys. Null where it cannot be read; `faultOfSys` says why. */
  readSys(path: string): string | null {
    return this.#text(`${this.#roots.sysRoot}/${path}`);
  }

  /** Bytes of a file below /proc that is not text. Null where it cannot be read. */
  readProcBytes(path: string): Uint8Array | null {
    const length = this.#read(`${this.#roots.procRoot}/${path}`);
    return length === null ? null : Uint8Array.from(this.#buffer.subarray(0, length));
  }

  /** A file below /proc, parsed. Null where it cannot be read or is not what `parse` takes it for; `faultOfProc` says which. */
  parseProc<T>(path: string, parse: (text: string) => T): T | null {
    return this.#parse(`${this.#roots.procRoot}/${path}`, parse);
  }

  /** `parseProc` below /sys. */
  parseSys<T>(path: string, parse: (text: string) => T): T | null {
    return this.#parse(`${this.#roots.sysRoot}/${path}`, parse);
  }

  /** `parseSys` of a file that is not kept open, for what an open file would keep from being unmounted or taken away. */
  parseSysOnce<T>(path: string, parse: (text: string) => T): T | null {
    const value = this.parseSys(path, parse);
    this.#release(`${this.#roots.sysRoot}/${path}`);
    return value;
  }

  /** Names in a directory below /sys, sorted. Null where there is none. */
  listSys(path: string): string[] | null {
    return this.#list(`${this.#roots.sysRoot}/${path}`);
  }

  /** Names in a directory below /proc, sorted. Null where there is none. */
  listProc(path: string): string[] | null {
    return this.#list(`${this.#roots.procRoot}/${path}`);
  }

  /** Where a symbolic link below /proc leads, as it is written. Null where there is none. */
  linkOfProc(path: string): string | null {
    try {
      return readlinkSync(`${this.#roots.procRoot}/${path}`);
    } catch {
      // Not there, or no link: both are an answer.
      return null;
    }
  }

  /** Where a file below /proc lies, for what is too large to be read at once: see `tcpStateReads`. */
  procPath(path: string): string {
    return `${this.#roots.procRoot}/${path}`;
  }

  /** Whether /proc is the one this process lives in: only then is what a system call tells about the same machine. */
  get isOwnProc(): boolean {
    return this.#roots.procRoot === '/proc';
  }

  #list(directory: string): string[] | null {
    try {
      const names = readdirSync(directory).sort();
      this.#faults.delete(directory);
      return names;
    } catch (error) {
      this.#fail(directory, describeFault(error));
      return null;
    }
  }

  /** Where a path of the monitored machine, such as a mount point, is reached from here. */
  rootPath(path: string): string {
    return join(this.#roots.rootRoot, path);
  }

  /** Why the last read of a file below /proc gave null, in one line; null when it was read. */
  faultOfProc(path: string): string | null {
    return this.#faults.get(`${this.#roots.procRoot}/${path}`) ?? null;
  }

  /** Why the last read of a file below /sys gave null, in one line; null when it was read. */
  faultOfSys(path: string): string | null {
    return this.#faults.get(`${this.#roots.sysRoot}/${path}`) ?? null;
  }

  /** Closes every file. The next read opens its file again. */
  close(): void {
    for (const descriptor of this.#open.values()) closeSync(descriptor);
    this.#open.clear();
  }

  #release(path: string): void {
    const descriptor = this.#open.get(path);
    if (descriptor === undefined) return;
    this.#open.delete(path);
    closeSync(descriptor);
  }

  #fail(path: string, fault: string): void {
    if (this.#faults.size >= MAX_FAULTS) this.#faults.clear();
    this.#faults.set(path, `${path} ${fault}`);
  }

  #parse<T>(path: string, parse: (text: string) => T): T | null {
    const text = this.#text(path);
    if (text === null) return null;
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof ProcfsParseError)) throw error;
      this.#fail(path, `is not what it should be: ${error.message}`);
      return null;
    }
  }

  #text(path: string): string | null {
    const length = this.#read(path);
    return length === null ? null : this.#buffer.toString('utf8', 0, length);
  }

  /** Reads a file into the buffer and gives its length. */
  #read(path: string): number | null {
    const kept = this.#open.get(path);
    if (kept !== undefined) {
      this.#open.delete(path);
      try {
        const length = this.#readDescriptor(path, kept);
        this.#open.set(path, kept);
        return length;
      } catch {
        // What the descriptor stood for is gone, such as a CPU's directory; the path may be there again.
        closeSync(kept);
      }
    }
    return this.#openAndRead(path);
  }

  #openAndRead(path: string): number | null {
    let descriptor: number | null = null;
    try {
      descriptor = openSync(path, READ_WITHOUT_WAITING);
      const length = this.#readDescriptor(path, descriptor);
      this.#keep(path, descriptor);
      return length;
    } catch (error) {
      if (descriptor !== null) closeSync(descriptor);
      this.#fail(path, describeFault(error));
      return null;
    }
  }

  #keep(path: string, descriptor: number): void {
    const oldest = this.#open.size < MAX_OPEN_FILES ? undefined : this.#open.entries().next().value;
    if (oldest !== undefined) {
      this.#open.delete(oldest[0]);
      closeSync(oldest[1]);
    }
    this.#open.set(path, descriptor);
  }

  /**
   * Reads on until the end: a read of a file made of records, such as /proc/vmstat, gives no more than a page at once. A file of sysfs
   * is one value, given whole: what is shorter than asked for needs no second read to show that nothing follows.
   */
  #readDescriptor(path: string, descriptor: number): number | null {
    const isWholeAtOnce = path.startsWith(`${this.#roots.sysRoot}/`);
    let length = 0;
    for (;;) {
      if (length === this.#buffer.length && !this.#grow()) {
        this.#fail(path, `has more than ${MAX_FILE_BYTES} bytes`);
        return null;
      }
      const bytes = readSync(descriptor, this.#buffer, length, this.#buffer.length - length, length);
      length += bytes;
      if (bytes === 0 || (isWholeAtOnce && length < this.#buffer.length)) break;
    }
    if (this.#faults.size > 0) this.#faults.delete(path);
    return length;
  }

  #grow(): boolean {
    if (this.#buffer.length >= MAX_FILE_BYTES) return false;
    const larger = Buffer.allocUnsafe(this.#buffer.length * 2);
    this.#buffer.copy(larger);
    this.#buffer = larger;
    return true;
  }
}
