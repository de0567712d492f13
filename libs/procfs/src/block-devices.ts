import type { HostFs } from './host-fs.ts';
import { ProcfsParseError, shown } from './parse-error.ts';

/**
 * `physical`: a disk of its own. `virtual`: made of other devices or of memory (dm, md, zram, bcache, nbd), whose I/O is that of others
 * too. `loop`: a file as a device. `ram`: a ramdisk. `path`: one of several ways to a physical disk that is there under another name.
 */
export type BlockDeviceKind = 'physical' | 'virtual' | 'loop' | 'ram' | 'path';

/** A block device that is not a partition. */
export interface BlockDevice {
  /** As in /proc/diskstats. */
  readonly name: string;
  /** What people call it: the name of device-mapper (`vg-root`), else `name`. */
  readonly label: string;
  readonly kind: BlockDeviceKind;
  /** False for a loop device that has no file. */
  readonly isAttached: boolean;
}

/** One path of an NVMe disk of several: `nvme0c1n1` is a path to `nvme0n1`. */
const NVME_PATH = /^(nvme\d+)c\d+(n\d+)$/;
const LOOP = /^loop\d+$/;
const RAM = /^ram\d+$/;
const VIRTUAL = /^(?:dm-|md|zram|nbd|drbd|bcache|zd)\d/;
const PARTITION = /^(?:(.*\d)p\d+|(.*[a-z])\d+)$/;

/** Parses `size` of a block device, in sectors of 512 bytes whatever the device has. Throws ProcfsParseError. */
export function parseBlockSize(text: string): number {
  if (!/^\d{1,15}\s*$/.test(text)) throw new ProcfsParseError('/sys/block/*/size', `${shown(text)} is not a number of sectors`);
  return Number(text);
}

/** The disk that a path leads to (`nvme0n1` of `nvme0c1n1`); null for what is no path. */
export function diskOfPath(name: string): string | null {
  const match = NVME_PATH.exec(name);
  return match === null ? null : `${match[1]}${match[2]}`;
}

/** A device by its directory below /sys/block; null where it has none, which is a partition. See the kernel's ABI/stable/sysfs-block. */
export function readBlockDevice(fs: HostFs, name: string): BlockDevice | null {
  // sysfs cannot have a slash in a name.
  const directory = `block/${name.replaceAll('/', '!')}`;
  const entries = fs.listSys(directory);
  if (entries === null) return null;
  if (LOOP.test(name)) {
    const isAttached = (fs.parseSys(`${directory}/size`, parseBlockSize) ?? 0) > 0;
    return { name, label: name, kind: 'loop', isAttached };
  }
  if (RAM.test(name)) return { name, label: name, kind: 'ram', isAttached: true };
  if (diskOfPath(name) !== null && fs.readSys(`${directory}/hidden`)?.trim() !== '0') {
    return { name, label: name, kind: 'path', isAttached: true };
  }
  const label = (entries.includes('dm') ? fs.readSys(`${directory}/dm/name`)?.trim() : '') ?? '';
  const isPhysical = entries.includes('device') && (fs.listSys(`${directory}/slaves`) ?? []).length === 0;
  return { name, label: label === '' ? name : label, kind: isPhysical ? 'physical' : 'virtual', isAttached: true };
}

function guessKind(name: string): BlockDeviceKind {
  if (LOOP.test(name)) return 'loop';
  if (RAM.test(name)) return 'ram';
  if (VIRTUAL.test(name)) return 'virtual';
  return diskOfPath(name) === null ? 'physical' : 'path';
}

/**
 * What a device seems to be by its name, for where /sys/block cannot be read; null for a partition. `isDevice` knows the names before it:
 * xvda1 is a partition where there is an xvda, and a disk where there is not.
 */
export function guessBlockDevice(name: string, isDevice: (name: string) => boolean): BlockDevice | null {
  const partition = PARTITION.exec(name);
  const disk = partition?.[1] ?? partition?.[2];
  if (disk !== undefined && isDevice(disk)) return null;
  return { name, label: name, kind: guessKind(name), isAttached: true };
}
