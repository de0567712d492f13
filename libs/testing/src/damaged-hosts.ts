import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostRoots } from '@perfwatch/procfs';
import { fixtureHost } from './fixture-hosts.ts';

/** A host in a directory of its own, which `dispose` deletes. */
export interface DamagedHost extends HostRoots {
  [Symbol.dispose](): void;
}

const GARBAGE = Buffer.from([0x00, 0xff, 0xfe, 0x2d, 0x31, 0x20, 0x4e, 0x61, 0x4e, 0x0a, 0xc3, 0x28, 0x7b, 0x3a, 0x20, 0x31, 0x65, 0x39]);

function hostIn(directory: string): DamagedHost {
  return {
    procRoot: join(directory, 'proc'),
    sysRoot: join(directory, 'sys'),
    rootRoot: join(directory, 'root'),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** A machine of which nothing can be read. */
export function unreadableHost(): DamagedHost {
  return hostIn(mkdtempSync(join(tmpdir(), 'perfwatch-unreadable-host-')));
}

/** A fixture host with every file of it overwritten with bytes that mean nothing. */
export function garbledHost(name: string): DamagedHost {
  const directory = mkdtempSync(join(tmpdir(), 'perfwatch-garbled-host-'));
  cpSync(join(fixtureHost(name).procRoot, '..'), directory, { recursive: true });
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) writeFileSync(join(entry.parentPath, entry.name), GARBAGE);
  }
  return hostIn(directory);
}
