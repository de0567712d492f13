import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ, in which Linux gives times to programs: 100 on every architecture that Node.js runs on. */
const TICKS_PER_SECOND = 100;
const KIB = 1024;
/** A command that starts more processes at once is not followed further. */
const MAX_PROCESSES = 1000;
const FIRST_POLL_MS = 5;
const LAST_POLL_MS = 250;
/** A process that was only seen while it began has not shown what it takes. */
const MIN_WATCHED_MS = 100;

/** CPU time in seconds. */
export interface CpuSeconds {
  user: number;
  system: number;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Processes end while they are read.
    return null;
  }
}

/** CPU time of the children of a process that have ended, and of theirs: cutime and cstime in proc_pid_stat(5). */
export function parseEndedChildren(stat: string): CpuSeconds | null {
  // The name in parentheses may hold anything; the state, field 3, is the first after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[13]), Number(fields[14])];
  return Number.isFinite(user) && Number.isFinite(system) ? { user: user / TICKS_PER_SECOND, system: system / TICKS_PER_SECOND } : null;
}

/** Of this process; null where /proc is not there. */
export function endedChildren(): CpuSeconds | null {
  const stat = readOrNull('/proc/self/stat');
  return stat === null ? null : parseEndedChildren(stat);
}

/** Largest resident memory so far, in bytes: VmHWM in proc_pid_status(5). Null for a process that has ended. */
export function parsePeakResident(status: string): number | null {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kib === undefined ? null : Number(kib) * KIB;
}

function childrenOf(pid: number): number[] {
  const threads = listOrEmpty(`/proc/${pid}/task`);
  return threads.flatMap((thread) => (readOrNull(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter(Boolean).map(Number));
}

function listOrEmpty(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/**
 * Looks at a process and what it has started, often at first and later four times a second, for the largest resident memory that any of
 * them has had, as getrusage(2) has it in ru_maxrss. What grows after the last look is not seen.
 */
export class PeakMemory {
  readonly #pid: number;
  readonly #startedMs = performance.now();
  #peakBytes: number | null = null;
  #pollMs = FIRST_POLL_MS;
  #timer: NodeJS.Timeout | null = null;

  constructor(pid: number) {
    this.#pid = pid;
    this.#look();
  }

  /** Null when the process was gone before it could be looked at for a while. */
  stop(): number | null {
    if (this.#timer !== null) clearTimeout(this.#timer);
    return performance.now() - this.#startedMs < MIN_WATCHED_MS ? null : this.#peakBytes;
  }

  #look(): void {
    const pids = [this.#pid];
    for (const pid of pids) {
      const peak = parsePeakResident(readOrNull(`/proc/${pid}/status`) ?? '');
      if (peak !== null) this.#peakBytes = Math.max(this.#peakBytes ?? 0, peak);
      if (pids.length < MAX_PROCESSES) pids.push(...childrenOf(pid));
    }
    this.#timer = setTimeout(() => this.#look(), this.#pollMs);
    this.#pollMs = Math.min(LAST_POLL_MS, this.#pollMs * 1.5);
  }
}
