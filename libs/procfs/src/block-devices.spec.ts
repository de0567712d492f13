import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskOfPath, guessBlockDevice, readBlockDevice } from './block-devices.ts';
import { HostFs } from './host-fs.ts';

let root: string;
let fs: HostFs;

function put(path: string, content = ''): void {
  mkdirSync(dirname(join(root, 'block', path)), { recursive: true });
  writeFileSync(join(root, 'block', path), content);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'perfwatch-block-'));
  fs = new HostFs({ procRoot: root, sysRoot: root, rootRoot: root });
});
afterEach(() => {
  fs.close();
  rmSync(root, { recursive: true });
});

describe('readBlockDevice', () => {
  it('takes what has hardware behind it and is made of no other device for a physical disk', () => {
    put('sda/device/type', '0\n');
    put('md0/md/level', 'raid1\n');
    put('fake/device/type', '0\n');
    put('fake/slaves/sda/dev', '8:0\n');
    expect(['sda', 'md0', 'fake'].map((name) => readBlockDevice(fs, name)?.kind)).toEqual(['physical', 'virtual', 'virtual']);
  });

  it('takes what has no directory of its own for a partition', () => {
    put('sda/sda1/partition', '1\n');
    expect(readBlockDevice(fs, 'sda1')).toBeNull();
  });

  it('finds a name with a slash, which sysfs writes with an exclamation mark', () => {
    put('cciss!c0d0/device/raid_level', 'RAID 5\n');
    expect(readBlockDevice(fs, 'cciss/c0d0')).toEqual({ name: 'cciss/c0d0', label: 'cciss/c0d0', kind: 'physical', isAttached: true });
  });

  it('calls a device of device-mapper what people call it', () => {
    put('dm-0/dm/name', 'vg-root\n');
    put('dm-1/dm/name', '\n');
    expect(['dm-0', 'dm-1'].map((name) => readBlockDevice(fs, name)?.label)).toEqual(['vg-root', 'dm-1']);
  });

  it('tells a loop device with a file from one without', () => {
    put('loop0/size', '2048\n');
    put('loop1/size', '0\n');
    put('loop2/ro', '0\n');
    expect(['loop0', 'loop1', 'loop2'].map((name) => readBlockDevice(fs, name)?.isAttached)).toEqual([true, false, false]);
  });

  it('tells the hidden paths to an NVMe disk from the disk', () => {
    put('nvme0c1n1/hidden', '1\n');
    put('nvme0n1/hidden', '0\n');
    put('nvme0n1/device/iopolicy', 'numa\n');
    expect(['nvme0c1n1', 'nvme0n1'].map((name) => readBlockDevice(fs, name)?.kind)).toEqual(['path', 'physical']);
    expect(['nvme0c1n1', 'nvme10c2n31', 'nvme0n1'].map(diskOfPath)).toEqual(['nvme0n1', 'nvme10n31', null]);
  });
});

describe('guessBlockDevice', () => {
  const disks = new Set(['sda', 'nvme0n1', 'mmcblk0', 'cciss/c0d0', 'md127', 'loop0']);
  const kindOf = (name: string) => guessBlockDevice(name, (other) => disks.has(other))?.kind ?? 'partition';

  it.each(['sda1', 'sda12', 'nvme0n1p1', 'mmcblk0p2', 'cciss/c0d0p1', 'md127p1', 'loop0p1'])('takes %s for a partition', (name) => {
    expect(kindOf(name)).toBe('partition');
  });

  it.each(['sda', 'sdaa', 'nvme0n1', 'mmcblk0', 'mmcblk0boot0', 'cciss/c0d0', 'vda', 'xvda1', 'sr0'])('takes %s for a disk', (name) => {
    expect(kindOf(name)).toBe('physical');
  });

  it('knows what is made of other devices, loops, ramdisks and paths', () => {
    expect(['dm-0', 'md127', 'zram0', 'nbd3', 'loop0', 'ram15', 'nvme0c0n1'].map(kindOf)).toEqual([
      ...['virtual', 'virtual', 'virtual', 'virtual', 'loop', 'ram', 'path'],
    ]);
  });
});
