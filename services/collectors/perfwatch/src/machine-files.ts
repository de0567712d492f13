import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface MachineRoots {
  readonly procRoot: string;
  readonly sysRoot: string;
  readonly rootRoot: string;
}

/** Largest directory listed, such as /sys/class/net of a machine with thousands of containers. */
const MAX_NAMES = 1024;

/**
 * The monitored machine's files, read off the event loop: /proc/cpuinfo of a large machine takes milliseconds. Absence is null.
 * What a file holds is trimmed, and empty counts as absent.
 */
export class MachineFiles {
  readonly #roots: MachineRoots;

  constructor(roots: MachineRoots) {
    this.#roots = roots;
  }

  proc(path: string): Promise<string | null> {
    return readText(join(this.#roots.procRoot, path));
  }

  sys(path: string): Promise<string | null> {
    return readText(join(this.#roots.sysRoot, path));
  }

  root(path: string): Promise<string | null> {
    return readText(join(this.#roots.rootRoot, path));
  }

  /** A number below /sys; null for what is absent or no number. */
  async sysNumber(path: string): Promise<number | null> {
    const text = await this.sys(path);
    return text !== null && /^-?\d+$/.test(text) ? Number(text) : null;
  }

  /** Names in a directory below /sys, in order; none where there is no such directory. */
  async listSys(path: string): Promise<string[]> {
    const names = await readdir(join(this.#roots.sysRoot, path)).catch(() => []);
    return names.sort().slice(0, MAX_NAMES);
  }

  existsInSys(path: string): Promise<boolean> {
    return stat(join(this.#roots.sysRoot, path)).then(
      () => true,
      () => false,
    );
  }
}

async function readText(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim() || null;
  } catch {
    return null;
  }
}
