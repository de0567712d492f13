import { parseMountinfo, type HostFs } from '@perfwatch/procfs';
import type { AskFilesystem } from './ask-filesystem.ts';
import type { DiskMetrics, FilesystemMetrics } from './declaration.ts';
import { filesystemMetrics, isAnswerOf, unknownFilesystem } from './filesystem-metrics.ts';
import { FilesystemPoller, keyOf, type CallsUnderWay } from './filesystem-poller.ts';
import { selectFilesystems, type MountedFilesystem, type MountedFilesystems } from './mounted-filesystems.ts';

/** Mounts change rarely. */
const MIN_REREAD_MS = 5000;
/** Of the time, what reading them may take: a host of containers has thousands. */
const MAX_REREAD_SHARE = 1 / 200;
/** What a tick waits for file systems that were not asked lately. */
const MAX_WAIT_MS = 50;

type Filesystem = NonNullable<DiskMetrics['filesystem']>;

/** What the file systems gave at a tick. */
export interface FilesystemsReading {
  /** Absent where there is none. */
  readonly filesystem?: Filesystem;
  /** What a person should know, in whole phrases. */
  readonly faults: readonly string[];
  readonly unavailable: Readonly<Record<string, string>>;
}

const NOTHING_MOUNTED: MountedFilesystems = { filesystems: [], beyondLimit: 0, onNetwork: 0 };
const NO_INODES = { 'filesystem.inodes_used_percent': 'No file system of this machine has a fixed number of inodes' };
const NO_FILESYSTEM = { filesystem: 'No file system is mounted here that keeps data on a disk' };
const NETWORK_ONLY = {
  filesystem: 'The file systems of this machine are on the network, which is asked with PERFWATCH_NETWORK_MOUNTS=on',
};
const NO_MOUNTINFO = { filesystem: 'What is mounted cannot be read from /proc/1/mountinfo' };
const EVERYTHING = {};

export interface FilesystemsOptions {
  fs: HostFs;
  ask: AskFilesystem;
  nowMs: () => number;
  /** Whether those on other machines are asked. */
  hasNetwork: boolean;
  underWay: CallsUnderWay;
}

/** File systems by /proc/1/mountinfo, with what each says of itself. */
export class Filesystems {
  readonly #fs: HostFs;
  readonly #nowMs: () => number;
  readonly #hasNetwork: boolean;
  readonly #poller: FilesystemPoller;
  #mounted: MountedFilesystems = NOTHING_MOUNTED;
  #text = '';
  #fault: string | null = null;
  #rereadAtMs = Number.NEGATIVE_INFINITY;
  /** By key, the mounts that nothing, or another file system, was found for. Most often they were unmounted. */
  #notFound: ReadonlySet<string> = new Set();

  constructor({ fs, ask, nowMs, hasNetwork, underWay }: FilesystemsOptions) {
    this.#fs = fs;
    this.#nowMs = nowMs;
    this.#hasNetwork = hasNetwork;
    this.#poller = new FilesystemPoller({ ask, pathOf: (mountPoint) => fs.rootPath(mountPoint), nowMs, underWay });
  }

  /** Begins a tick: asks what is due. Awaits nothing; `settled` does where that is worth it. */
  poll(): void {
    this.#readMounts();
    this.#poller.poll();
  }

  /** What to wait for before `read`, no longer than 50 ms; null when the answers are new enough. */
  settled(): Promise<void> | null {
    if (!this.#poller.isStale) return null;
    const answered = this.#poller.settled();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, MAX_WAIT_MS);
      void answered.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** The newest answers. Where a mount is newly not found, what is mounted is read again at once: only one that is still there has a fault. */
  read(): FilesystemsReading {
    const before = this.#notFound;
    const reading = this.#readAnswers();
    if ([...this.#notFound].every((key) => before.has(key))) return reading;
    this.#rereadMounts();
    return this.#readAnswers();
  }

  close(): void {
    this.#poller.close();
  }

  #readAnswers(): FilesystemsReading {
    const notFound = new Set<string>();
    this.#notFound = notFound;
    if (this.#fault !== null) return { faults: [this.#fault], unavailable: NO_MOUNTINFO };
    const filesystem: Filesystem = {};
    const faults: string[] = [];
    let hasInodes = false;
    for (const mounted of this.#mounted.filesystems) {
      const metrics = this.#metricsOf(mounted, { faults, notFound });
      if (metrics === null) continue;
      hasInodes ||= metrics.inodes_used_percent !== null || metrics.total_bytes === null;
      filesystem[mounted.name] = metrics;
    }
    if (this.#mounted.beyondLimit > 0) faults.push(`${this.#mounted.beyondLimit} file systems are left out`);
    if (this.#mounted.filesystems.length === 0) return { faults, unavailable: this.#mounted.onNetwork > 0 ? NETWORK_ONLY : NO_FILESYSTEM };
    const unavailable = hasInodes || Object.keys(filesystem).length === 0 ? EVERYTHING : NO_INODES;
    return { filesystem, faults, unavailable };
  }

  /** Null: not to be shown, because it has not answered yet or has no size, as what is no place for data. Adds to `seen`. */
  #metricsOf(mounted: MountedFilesystem, seen: { faults: string[]; notFound: Set<string> }): FilesystemMetrics | null {
    const state = this.#poller.stateOf(mounted);
    if (state.kind === 'pending') return null;
    if (state.kind === 'fault') {
      seen.faults.push(`${mounted.name} ${state.fault}`);
      if (state.isMissing) seen.notFound.add(keyOf(mounted));
      return unknownFilesystem();
    }
    if (!isAnswerOf(mounted, state.answer)) {
      seen.notFound.add(keyOf(mounted));
      seen.faults.push(`${mounted.name} is not mounted below PERFWATCH_ROOTFS: let mounts of the machine reach this process (rslave)`);
      return unknownFilesystem();
    }
    return state.answer.totalBytes > 0 ? filesystemMetrics(state.answer) : null;
  }

  #readMounts(): void {
    if (this.#nowMs() >= this.#rereadAtMs) this.#rereadMounts();
  }

  #rereadMounts(): void {
    const startMs = this.#nowMs();
    const mounted = this.#fs.parseProc('1/mountinfo', (text) => this.#select(text)) ?? this.#readOwnMounts();
    this.#fault = mounted === null ? this.#fs.faultOfProc('1/mountinfo') : null;
    if (mounted === null) this.#text = '';
    if (mounted !== this.#mounted) {
      this.#mounted = mounted ?? NOTHING_MOUNTED;
      this.#poller.watch(this.#mounted.filesystems);
    }
    const endMs = this.#nowMs();
    this.#rereadAtMs = endMs + Math.max(MIN_REREAD_MS, (endMs - startMs) / MAX_REREAD_SHARE);
  }

  /** This process sees the same mounts, unless it was given a namespace of its own. */
  #readOwnMounts(): MountedFilesystems | null {
    return this.#fs.isOwnProc ? this.#fs.parseProc('self/mountinfo', (text) => this.#select(text)) : null;
  }

  #select(text: string): MountedFilesystems {
    if (text === this.#text) return this.#mounted;
    const mounted = selectFilesystems(parseMountinfo(text), { hasNetwork: this.#hasNetwork });
    this.#text = text;
    return mounted;
  }
}
