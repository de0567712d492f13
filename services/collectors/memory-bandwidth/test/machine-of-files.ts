import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { HostFs } from '@perfwatch/procfs';

/** A machine of which a test writes the files: /proc and /sys side by side, below one directory. */
export interface MachineOfFiles {
  readonly fs: HostFs;
  /** Writes `proc/...` or `sys/...`. */
  readonly put: (path: string, content: string) => void;
  readonly remove: (path: string) => void;
  /** Closes and deletes everything. */
  readonly dispose: () => void;
}

/** A machine with these files. */
export function machineOfFiles(files: Readonly<Record<string, string>>): MachineOfFiles {
  const root = mkdtempSync(join(tmpdir(), 'perfwatch-memory-bandwidth-'));
  const put = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  for (const [path, content] of Object.entries(files)) put(path, content);
  const fs = new HostFs({ procRoot: join(root, 'proc'), sysRoot: join(root, 'sys'), rootRoot: root });
  return {
    fs,
    put,
    remove: (path) => {
      rmSync(join(root, path), { recursive: true });
      // A deleted file can be read as long as it is open, unlike those of a device that is gone.
      fs.close();
    },
    dispose: () => {
      fs.close();
      rmSync(root, { recursive: true });
    },
  };
}

/** What sysfs says about a PMU, as files of a machine. */
export interface PmuFiles {
  readonly type: number;
  readonly cpumask?: string;
  readonly formats: Readonly<Record<string, string>>;
  /** Terms by name; `<name>.scale` and `<name>.unit` beside them. */
  readonly events?: Readonly<Record<string, string>>;
}

/** The files of PMUs, by name. */
export function pmuFiles(pmus: Readonly<Record<string, PmuFiles>>): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [name, { type, cpumask = '0', formats, events = {} }] of Object.entries(pmus)) {
    const directory = `sys/bus/event_source/devices/${name}`;
    files[`${directory}/type`] = `${type}\n`;
    files[`${directory}/cpumask`] = `${cpumask}\n`;
    for (const [term, format] of Object.entries(formats)) files[`${directory}/format/${term}`] = `${format}\n`;
    for (const [event, content] of Object.entries(events)) files[`${directory}/events/${event}`] = `${content}\n`;
  }
  return files;
}
