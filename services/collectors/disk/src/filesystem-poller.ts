import type { AskFilesystem, FilesystemAnswer } from './ask-filesystem.ts';
import type { MountedFilesystem } from './mounted-filesystems.ts';

/** After it, a file system that was asked does not answer. A local one takes microseconds. */
const DEADLINE_MS = 2000;
/** Each file system is asked once in so long, and less often where there are many: two are asked in a second, 0.05 ms each. */
const MIN_REFRESH_MS = 2000;
const MAX_REFRESH_MS = 10_000;
const REFRESH_MS_EACH = 500;
/** Ticks come a little early, too. */
const EARLY_MS = 50;
/** What could not be asked again because others hang is shown for so long. */
const MAX_AGE_MS = 20_000;
/**
 * Calls under way at once. A call that hangs holds one of the four threads of libuv until it ends: two file systems that may hang never
 * delay the others, nor take the last thread, even with a local one that hangs.
 */
const MAX_CALLS = { remote: 2, local: 1 } as const;

type Lane = keyof typeof MAX_CALLS;

/**
 * Calls that have not ended, those of file systems that are no longer mounted and of pollers that are closed included. Whoever makes
 * pollers keeps one for all of them: the threads of libuv are one pool.
 */
export class CallsUnderWay {
  readonly remote = new Set<Polled>();
  readonly local = new Set<Polled>();

  /** The call for a mount, null when there is none. */
  of(filesystem: MountedFilesystem): Polled | null {
    const key = keyOf(filesystem);
    return [...this.local, ...this.remote].find((call) => keyOf(call.filesystem) === key) ?? null;
  }
}

/** What is known of a file system. */
export type FilesystemState =
  | { readonly kind: 'pending' }
  | { readonly kind: 'answered'; readonly answer: FilesystemAnswer }
  /** In words that follow the name of the file system; `isMissing` where its mount point does not exist. */
  | { readonly kind: 'fault'; readonly fault: string; readonly isMissing: boolean };

type Fault = Extract<FilesystemState, { kind: 'fault' }>;

interface Polled {
  readonly filesystem: MountedFilesystem;
  readonly lane: Lane;
  readonly knownSinceMs: number;
  askedAtMs: number | null;
  isUnderWay: boolean;
  answeredAtMs: number | null;
  answer: FilesystemAnswer | null;
  failure: Fault | null;
}

const PENDING: FilesystemState = { kind: 'pending' };

const CURES: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist below PERFWATCH_ROOTFS: mount the root of the machine there, with what is mounted in it',
  EACCES: 'may not be entered by this user',
  EPERM: 'may not be entered by this user',
  EIO: 'gives an I/O error',
  ESTALE: 'is gone from its server (stale file handle)',
  ENOTCONN: 'has lost its connection',
};

function faultOf(error: unknown): Fault {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  const fault = (code === null ? null : CURES[code]) ?? `cannot be asked (${code ?? String(error)})`;
  return { kind: 'fault', fault, isMissing: code === 'ENOENT' };
}

/** Two mounts are the same when all of this is. */
export const keyOf = ({ mount }: MountedFilesystem) => `${mount.id} ${mount.device} ${mount.mountPoint}`;

interface PollerOptions {
  ask: AskFilesystem;
  /** Where a mount point is reached from here. */
  pathOf: (mountPoint: string) => string;
  nowMs: () => number;
  underWay: CallsUnderWay;
}

/**
 * Asks file systems how full they are, away from the ticks, which take the newest answers. One call at most is under way for
 * each; one that hangs costs its own figures, and a thread of libuv until it ends: nothing can end it.
 */
export class FilesystemPoller {
  readonly #ask: AskFilesystem;
  readonly #pathOf: (mountPoint: string) => string;
  readonly #nowMs: () => number;
  /** By key; bounded by what is mounted and selected. */
  #polled = new Map<string, Polled>();
  readonly #underWay: CallsUnderWay;
  #polledAtMs = 0;
  #whenSettled: (() => void) | null = null;
  #isClosed = false;

  constructor({ ask, pathOf, nowMs, underWay }: PollerOptions) {
    this.#ask = ask;
    this.#pathOf = pathOf;
    this.#nowMs = nowMs;
    this.#underWay = underWay;
  }

  /** Says what is mounted. What was before keeps its answers. */
  watch(filesystems: readonly MountedFilesystem[]): void {
    const previous = this.#polled;
    this.#polled = new Map();
    for (const filesystem of filesystems) {
      const key = keyOf(filesystem);
      this.#polled.set(key, previous.get(key) ?? this.#underWay.of(filesystem) ?? this.#newlyPolled(filesystem));
    }
  }

  /** Asks those whose answer is due. */
  poll(): void {
    this.#polledAtMs = this.#nowMs();
    this.#fill('local');
    this.#fill('remote');
  }

  /** Whether an answer that may come soon is missing or old, as at the first tick and where ticks are far apart. */
  get isStale(): boolean {
    const oldestMs = this.#nowMs() - 2 * this.#refreshMs();
    for (const polled of this.#polled.values()) {
      if ((polled.answeredAtMs ?? Number.NEGATIVE_INFINITY) < oldestMs && !this.#hungBefore(polled)) return true;
    }
    return false;
  }

  /** Resolves when what was asked since the last `poll` has answered; what hung before is not waited for. */
  settled(): Promise<void> {
    if (this.#isSettled()) return Promise.resolve();
    return new Promise((resolve) => (this.#whenSettled = resolve));
  }

  stateOf(filesystem: MountedFilesystem): FilesystemState {
    const polled = this.#polled.get(keyOf(filesystem));
    if (polled === undefined) return PENDING;
    if (polled.isUnderWay && this.#isOverdue(polled)) return { kind: 'fault', fault: 'does not answer', isMissing: false };
    const ageMs = this.#nowMs() - (polled.answeredAtMs ?? polled.knownSinceMs);
    if (!polled.isUnderWay && ageMs > (polled.answeredAtMs === null ? DEADLINE_MS : MAX_AGE_MS)) {
      const overdue = [...this.#underWay[polled.lane]].filter((call) => this.#isOverdue(call)).map((call) => call.filesystem.name);
      const doNotAnswer = overdue.length === 1 ? 'does not answer' : 'do not answer';
      const fault = `cannot be asked while ${overdue.join(' and ')} ${doNotAnswer}`;
      if (overdue.length > 0) return { kind: 'fault', fault, isMissing: false };
    }
    if (polled.failure !== null) return polled.failure;
    return polled.answer === null ? PENDING : { kind: 'answered', answer: polled.answer };
  }

  /** Asks no more. What is under way cannot be ended. */
  close(): void {
    this.#isClosed = true;
    this.#polled.clear();
  }

  #newlyPolled(filesystem: MountedFilesystem): Polled {
    return {
      ...{ filesystem, lane: filesystem.isRemote ? 'remote' : 'local', knownSinceMs: this.#nowMs() },
      ...{ askedAtMs: null, isUnderWay: false, answeredAtMs: null, answer: null, failure: null },
    };
  }

  #fill(lane: Lane): void {
    const underWay = this.#underWay[lane];
    while (!this.#isClosed && underWay.size < MAX_CALLS[lane]) {
      const next = this.#longestDue(lane);
      if (next === null) return;
      void this.#call(next);
    }
  }

  #refreshMs(): number {
    return Math.min(Math.max(this.#polled.size * REFRESH_MS_EACH, MIN_REFRESH_MS), MAX_REFRESH_MS);
  }

  #isOverdue({ askedAtMs }: Polled): boolean {
    return askedAtMs !== null && this.#nowMs() - askedAtMs > DEADLINE_MS;
  }

  #longestDue(lane: Lane): Polled | null {
    const dueBeforeMs = this.#nowMs() - this.#refreshMs() + EARLY_MS;
    let longest: Polled | null = null;
    for (const polled of this.#polled.values()) {
      const askedAtMs = polled.askedAtMs ?? Number.NEGATIVE_INFINITY;
      if (polled.lane !== lane || polled.isUnderWay || askedAtMs > dueBeforeMs) continue;
      if (longest === null || askedAtMs < (longest.askedAtMs ?? Number.NEGATIVE_INFINITY)) longest = polled;
    }
    return longest;
  }

  /** Never rejects. */
  async #call(polled: Polled): Promise<void> {
    polled.askedAtMs = this.#nowMs();
    polled.isUnderWay = true;
    this.#underWay[polled.lane].add(polled);
    try {
      polled.answer = await this.#ask(this.#pathOf(polled.filesystem.mount.mountPoint), polled.answer);
      polled.failure = null;
    } catch (error) {
      polled.answer = null;
      polled.failure = faultOf(error);
    }
    polled.answeredAtMs = this.#nowMs();
    polled.isUnderWay = false;
    this.#underWay[polled.lane].delete(polled);
    this.#fill(polled.lane);
    if (this.#isSettled()) this.#whenSettled?.();
  }

  /** Whether a call is under way since before the last `poll`. */
  #hungBefore({ isUnderWay, askedAtMs }: Polled): boolean {
    return isUnderWay && askedAtMs !== null && askedAtMs < this.#polledAtMs;
  }

  #isSettled(): boolean {
    return [...this.#underWay.local, ...this.#underWay.remote].every((call) => this.#hungBefore(call));
  }
}
