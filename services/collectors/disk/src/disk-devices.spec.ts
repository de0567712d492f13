import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { HostFs } from '@perfwatch/procfs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskDevices } from './disk-devices.ts';

let root: string;
let fs: HostFs;
let devices: DiskDevices;

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'perfwatch-disk-'));
  fs = new HostFs({ procRoot: join(root, 'proc'), sysRoot: join(root, 'sys'), rootRoot: root });
  devices = new DiskDevices(fs);
});
afterEach(() => {
  fs.close();
  rmSync(root, { recursive: true });
});

interface Counters {
  reads?: number;
  sectorsRead?: number;
  readMs?: number;
  writes?: number;
  sectorsWritten?: number;
  writeMs?: number;
  ioMs?: number;
  weightedMs?: number;
  sectorsDiscarded?: number;
}

/** Writes a /proc/diskstats of a kernel from 5.5 on. */
function putDisks(disks: Readonly<Record<string, Counters>>): void {
  const lines = Object.entries(disks).map(([name, disk]) => {
    const { reads = 0, sectorsRead = 0, readMs = 0, writes = 0, sectorsWritten = 0, writeMs = 0 } = disk;
    const { ioMs = 0, weightedMs = 0, sectorsDiscarded = 0 } = disk;
    const counts = [
      reads,
      0,
      sectorsRead,
      readMs,
      writes,
      0,
      sectorsWritten,
      writeMs,
      0,
      ioMs,
      weightedMs,
      0,
      0,
      sectorsDiscarded,
      0,
      0,
      0,
    ];
    return `   8       0 ${name} ${counts.join(' ')}\n`;
  });
  put('proc/diskstats', lines.join(''));
}

const putPhysical = (...names: string[]) => names.forEach((name) => put(`sys/block/${name}/device/type`, '0\n'));

/** Reads one tick for each /proc/diskstats, a second apart. */
function readTicks(...ticks: Readonly<Record<string, Counters>>[]) {
  return ticks.map((disks, tick) => {
    putDisks(disks);
    return devices.read(tick === 0 ? null : 1000).metrics;
  });
}

const DONE = { reads: 100, sectorsRead: 1000, readMs: 500, writes: 100, sectorsWritten: 1000, writeMs: 500, ioMs: 900, weightedMs: 1000 };

describe('rates of a device', () => {
  it('are what iostat(1) shows of the elapsed time', () => {
    putPhysical('sda');
    putDisks({ sda: DONE });
    devices.read(null);
    const more = {
      reads: 110,
      sectorsRead: 1200,
      readMs: 540,
      writes: 104,
      sectorsWritten: 1400,
      writeMs: 530,
      ioMs: 1000,
      weightedMs: 1070,
    };
    putDisks({ sda: { ...more, sectorsDiscarded: 8 } });
    expect(devices.read(500).metrics.device).toEqual({
      sda: {
        ...{ read_ops_per_sec: 20, read_bytes_per_sec: 204_800, read_latency_ms: 4 },
        ...{ write_ops_per_sec: 8, write_bytes_per_sec: 409_600, write_latency_ms: 7.5 },
        ...{ utilization_percent: 20, queue_depth_count: 0.14, discard_bytes_per_sec: 8192 },
      },
    });
  });

  it('have no latency without a request, rather than one of 0', () => {
    putPhysical('sda');
    const [, second] = readTicks({ sda: DONE }, { sda: { ...DONE, writes: 101, writeMs: 500 } });
    expect(second?.device?.['sda']).toMatchObject({ read_latency_ms: null, write_latency_ms: 0, read_ops_per_sec: 0 });
  });

  it('are right when a time starts again at 2 ** 32', () => {
    putPhysical('sda');
    const late = { ...DONE, readMs: 2 ** 32 - 10, ioMs: 2 ** 32 - 300, weightedMs: 2 ** 32 - 1 };
    const [, second] = readTicks({ sda: late }, { sda: { ...DONE, reads: 105, readMs: 10, ioMs: 200, weightedMs: 1999 } });
    expect(second?.device?.['sda']).toMatchObject({ read_latency_ms: 4, utilization_percent: 50, queue_depth_count: 2 });
  });

  it('are right when the sectors of a 32-bit kernel start again', () => {
    putPhysical('sda');
    const [, second] = readTicks({ sda: { ...DONE, sectorsRead: 2 ** 32 - 8 } }, { sda: { ...DONE, reads: 101, sectorsRead: 8 } });
    expect(second?.device?.['sda']?.read_bytes_per_sec).toBe(8192);
  });

  it('are null for one tick after the device was made anew, even where its times look like a wrap', () => {
    putPhysical('sda', 'sdb');
    const old = { ...DONE, sectorsRead: 2 ** 32 - 8, readMs: 2 ** 32 - 10, ioMs: 2 ** 32 - 10, weightedMs: 2 ** 32 - 10 };
    const anew = { reads: 5, sectorsRead: 40, readMs: 10, writes: 100, ioMs: 10 };
    const [, second, third] = readTicks(
      { sda: old, sdb: DONE },
      { sda: anew, sdb: { ...DONE, reads: 107 } },
      { sda: { ...anew, reads: 8 } },
    );
    expect(new Set(Object.values(second?.device?.['sda'] ?? {}))).toEqual(new Set([null]));
    expect(second?.read_ops_per_sec).toBe(7);
    expect(third?.device?.['sda']?.read_ops_per_sec).toBe(3);
  });

  it('stop at 100 % busy, which the kernel passes when a long request ends', () => {
    putPhysical('sda');
    const [, second] = readTicks({ sda: DONE }, { sda: { ...DONE, ioMs: DONE.ioMs + 5000, reads: 101, readMs: 5500 } });
    expect(second?.device?.['sda']).toMatchObject({ utilization_percent: 100, read_latency_ms: 5000 });
  });

  it('begin anew when a device goes and comes back', () => {
    putPhysical('sda', 'sdb');
    const [, gone, back, after] = readTicks({ sda: DONE, sdb: DONE }, { sda: DONE }, { sda: DONE, sdb: DONE }, { sda: DONE, sdb: DONE });
    expect(Object.keys(gone?.device ?? {})).toEqual(['sda']);
    expect([back, after].map((metrics) => metrics?.device?.['sdb']?.read_ops_per_sec)).toEqual([null, 0]);
  });
});

describe('totals', () => {
  const more = { ...DONE, reads: 110, writes: 120, sectorsRead: 1100, sectorsWritten: 1200 };

  it('count physical disks once: no partition, nor what is made of them', () => {
    putPhysical('sda', 'sdb');
    put('sys/block/dm-0/dm/name', 'vg-root\n');
    put('sys/block/dm-0/slaves/sda2/dev', '8:2\n');
    put('sys/block/md0/md/level', 'raid1\n');
    put('sys/block/zram0/size', '8\n');
    const names = ['sda', 'sda1', 'sdb', 'dm-0', 'md0', 'zram0'];
    const all = (counters: Counters) => Object.fromEntries(names.map((name) => [name, counters]));
    const [first, second] = readTicks(all(DONE), all(more));
    expect(first).toMatchObject({ read_bytes_per_sec: null, write_ops_per_sec: null });
    expect(second).toMatchObject({
      read_ops_per_sec: 20,
      write_ops_per_sec: 40,
      read_bytes_per_sec: 102_400,
      write_bytes_per_sec: 204_800,
    });
    expect(Object.keys(second?.device ?? {})).toEqual(['sda', 'sdb', 'vg-root', 'md0', 'zram0']);
    expect(devices.read(1000).sources).toHaveProperty('read_bytes_per_sec', '/proc/diskstats of sda, sdb');
  });

  it('do not jump when a disk comes or goes', () => {
    putPhysical('sda', 'sdb');
    const big = { ...DONE, reads: 1_000_000 };
    const ticks = readTicks({ sda: DONE }, { sda: more, sdb: big }, { sda: more, sdb: big }, { sda: more });
    expect(ticks.map((metrics) => metrics.read_ops_per_sec)).toEqual([null, 10, 0, 0]);
  });

  it('count an NVMe disk of several paths once', () => {
    putPhysical('nvme0n1');
    for (const path of ['nvme0c0n1', 'nvme0c1n1']) put(`sys/block/${path}/hidden`, '1\n');
    const all = (counters: Counters) => ({ nvme0c0n1: counters, nvme0c1n1: counters, nvme0n1: counters });
    const [, second] = readTicks(all(DONE), all(more));
    expect(second?.read_ops_per_sec).toBe(10);
    expect(Object.keys(second?.device ?? {})).toEqual(['nvme0n1']);
  });

  it('count the paths of an NVMe disk where the kernel counts nothing for the disk itself', () => {
    putPhysical('nvme0n1');
    for (const path of ['nvme0c0n1', 'nvme0c1n1']) put(`sys/block/${path}/hidden`, '1\n');
    const all = (counters: Counters) => ({ nvme0c0n1: counters, nvme0c1n1: counters, nvme0n1: {} });
    const [, second] = readTicks(all(DONE), all(more));
    expect(second?.read_ops_per_sec).toBe(20);
    expect(Object.keys(second?.device ?? {})).toEqual(['nvme0c0n1', 'nvme0c1n1']);
  });

  it('come from names where there is no /sys/block, and say so', () => {
    const all = (counters: Counters) => ({ vda: counters, vda1: counters, 'dm-0': counters, xvdb1: counters });
    const [, second] = readTicks(all(DONE), all(more));
    expect(second?.read_ops_per_sec).toBe(20);
    expect(devices.read(1000).sources).toHaveProperty(
      'read_ops_per_sec',
      '/proc/diskstats of vda, xvdb1, told from partitions by their names: /sys/block cannot be read',
    );
  });

  it('are null and explained where there is no disk, only what is made of memory', () => {
    put('sys/block/zram0/size', '8\n');
    putDisks({ zram0: DONE });
    const { metrics, unavailable, fault } = devices.read(null);
    expect([metrics.read_bytes_per_sec, fault]).toEqual([null, null]);
    expect(unavailable).toHaveProperty('read_bytes_per_sec', 'This machine has no disk of its own in /proc/diskstats');
  });
});

describe('devices that are shown', () => {
  it('are those that have done I/O', () => {
    putPhysical('sda', 'sr0');
    put('sys/block/zram0/size', '0\n');
    const [metrics] = readTicks({ sda: DONE, sr0: {}, zram0: {} });
    expect(Object.keys(metrics?.device ?? {})).toEqual(['sda']);
  });

  it('are no ramdisks, and of loop devices those with a file that is written to', () => {
    for (const [name, size] of Object.entries({ loop0: 2048, loop1: 2048, loop2: 0, ram0: 8192 }))
      put(`sys/block/${name}/size`, `${size}\n`);
    const [metrics] = readTicks({ loop0: DONE, loop1: { ...DONE, writes: 0 }, loop2: DONE, ram0: DONE });
    expect(Object.keys(metrics?.device ?? {})).toEqual(['loop0']);
  });

  it('include a loop device half a minute after it got a file', () => {
    put('sys/block/loop0/size', '0\n');
    putDisks({ loop0: DONE });
    expect(devices.read(null).metrics.device).toBeUndefined();
    put('sys/block/loop0/size', '2048\n');
    const seen = Array.from({ length: 33 }, () => devices.read(1000).metrics.device !== undefined);
    expect(seen[0]).toBe(false);
    expect(seen.at(-1)).toBe(true);
  });

  it('keep their kernel names where a volume is named like another device or like a property of an object', () => {
    putPhysical('sda');
    put('sys/block/dm-0/dm/name', 'sda\n');
    put('sys/block/dm-1/dm/name', '__proto__\n');
    const [metrics] = readTicks({ sda: DONE, 'dm-0': DONE, 'dm-1': DONE });
    expect(Object.keys(metrics?.device ?? {})).toEqual(['sda', 'dm-0', '?__proto__']);
  });

  it('are 1024 at most, and what is beyond is said', () => {
    const names = Array.from({ length: 1030 }, (_, index) => `disk${index}x`);
    const [metrics] = readTicks(Object.fromEntries(names.map((name) => [name, DONE])));
    expect(Object.keys(metrics?.device ?? {})).toHaveLength(1024);
    expect(devices.read(1000).fault).toBe('6 block devices are left out');
    expect(devices.read(1000).sources['read_bytes_per_sec']?.length).toBeLessThanOrEqual(300);
  });
});

describe('what is said about this machine', () => {
  it('is the same object while nothing changes, and another when a disk comes', () => {
    putPhysical('sda', 'sdb');
    putDisks({ sda: DONE });
    const [first, second] = [devices.read(null), devices.read(1000)];
    expect(second.sources).toBe(first.sources);
    expect(second.unavailable).toBe(first.unavailable);
    putDisks({ sda: DONE, sdb: DONE });
    expect(devices.read(1000).sources).not.toBe(first.sources);
  });

  it('explains discards that an old kernel does not count', () => {
    putPhysical('sda');
    put('proc/diskstats', '   8       0 sda 1 0 8 1 1 0 8 1 0 1 1\n');
    const { metrics, unavailable } = devices.read(null);
    expect(metrics.device?.['sda']).not.toHaveProperty('discard_bytes_per_sec');
    expect(Object.keys(unavailable)).toEqual(['device.discard_bytes_per_sec']);
  });

  it('gives the fault of a file that is not there or is damaged, and begins anew when it is back', () => {
    putPhysical('sda');
    expect(devices.read(null).fault).toContain('proc/diskstats does not exist on this machine');
    putDisks({ sda: DONE });
    expect(devices.read(1000).fault).toBeNull();
    put('proc/diskstats', 'garbage\n');
    expect(devices.read(1000).fault).toContain('is not what it should be');
    putDisks({ sda: DONE });
    expect(devices.read(1000).metrics.device?.['sda']?.read_ops_per_sec).toBeNull();
  });
});
