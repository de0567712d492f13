import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { HostFs } from '@perfwatch/procfs';
import { fixtureSources } from '@perfwatch/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askFilesystem, deviceNumbers, type AskFilesystem, type FilesystemAnswer } from './ask-filesystem.ts';
import { DiskReader } from './disk-reader.ts';
import { filesystemMetrics, isAnswerOf } from './filesystem-metrics.ts';
import { CallsUnderWay } from './filesystem-poller.ts';
import { diskCollectorWith } from './index.ts';

let root: string;
let fs: HostFs;
let nowMs: number;

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'perfwatch-disk-'));
  fs = new HostFs({ procRoot: join(root, 'proc'), sysRoot: join(root, 'sys'), rootRoot: root });
  nowMs = 0;
  put('proc/diskstats', '   8       0 sda 1 0 8 1 1 0 8 1 0 1 1 0 0 0 0 0 0\n');
  put('sys/block/sda/device/type', '0\n');
});
afterEach(() => {
  fs.close();
  rmSync(root, { recursive: true });
});

const answer = (more: Partial<FilesystemAnswer> = {}): FilesystemAnswer => ({
  ...{ device: '8:1', type: 0xef53, totalBytes: 1000, freeBytes: 300, availableBytes: 200, inodes: 100, freeInodes: 75 },
  ...more,
});

const newReader = (ask: AskFilesystem, { hasNetwork = false } = {}) =>
  new DiskReader({ fs, ask, nowMs: () => nowMs, hasNetwork, underWay: new CallsUnderWay() });
const mount = (id: number, path: string, { device = '8:1', type = 'ext4' } = {}) =>
  `${id} ${id === 20 ? 1 : 20} ${device} / ${path} rw - ${type} /dev/x rw\n`;
const never: AskFilesystem = () => new Promise(() => {});

describe('file systems', () => {
  it('have the figures of df(1) at the first tick already', async () => {
    put('proc/1/mountinfo', mount(20, '/'));
    const { metrics, status } = await newReader(() => Promise.resolve(answer())).read({ elapsedMs: null });
    expect(metrics.filesystem).toEqual({
      '/': {
        ...{ total_bytes: 1000, used_bytes: 700, free_bytes: 300, available_bytes: 200 },
        ...{ used_percent: 77.778, inodes_used_percent: 25 },
      },
    });
    expect(status).toBe('ok');
  });

  it('cost no tick when one hangs: the first waits 50 ms, the others nothing, and the reason names it', async () => {
    put('proc/1/mountinfo', mount(20, '/') + mount(30, '/nas', { device: '0:50', type: 'nfs4' }));
    const reader = newReader((path) => (path.endsWith('/nas') ? never(path, null) : Promise.resolve(answer())), { hasNetwork: true });
    const startMs = performance.now();
    const first = await reader.read({ elapsedMs: null });
    expect(performance.now() - startMs).toBeLessThan(1000);
    expect(first).toMatchObject({ status: 'ok', metrics: { filesystem: { '/': { total_bytes: 1000 } } } });
    expect(first.metrics.filesystem).not.toHaveProperty('/nas');
    for (let second = 0; second < 5; second += 1) {
      nowMs += 1000;
      expect(reader.read({ elapsedMs: 1000 })).not.toBeInstanceOf(Promise);
      await turn();
    }
    nowMs += 1000;
    const later = await reader.read({ elapsedMs: 1000 });
    expect(later).toMatchObject({ status: 'partial', reason: '/nas does not answer' });
    expect(later.metrics.filesystem).toMatchObject({ '/': { total_bytes: 1000 }, '/nas': { total_bytes: null, used_percent: null } });
    expect(later.metrics.device?.['sda']).toMatchObject({ read_ops_per_sec: 0 });
  });

  it('have no more calls under way that hang, however often the collector is turned off and on', async () => {
    put('proc/1/mountinfo', mount(20, '/') + mount(30, '/nas', { device: '0:50', type: 'nfs4' }));
    const asked: string[] = [];
    const ask: AskFilesystem = (path) => {
      asked.push(path);
      return never(path, null);
    };
    const { collector } = diskCollectorWith({ ask });
    const environment = { memoryBandwidthBytesPerSec: null, networkMounts: true };
    for (let toggle = 0; toggle < 3; toggle += 1) {
      const reader = await collector.open({ ...fixtureSources('disk', fs), environment });
      await reader.read({ elapsedMs: null });
      await reader.close?.();
    }
    expect(asked).toEqual([`${root}/`, `${root}/nas`]);
  });

  it('have null for a file system that answers in the place of one that is not mounted here', async () => {
    put('proc/1/mountinfo', mount(20, '/') + mount(30, '/data', { device: '8:17' }));
    const { metrics, status, reason } = await newReader(() => Promise.resolve(answer())).read({ elapsedMs: null });
    expect(metrics.filesystem).toMatchObject({ '/': { total_bytes: 1000 }, '/data': { total_bytes: null } });
    expect([status, reason]).toEqual([
      'partial',
      '/data is not mounted below PERFWATCH_ROOTFS: let mounts of the machine reach this process (rslave)',
    ]);
  });

  it.each([
    ['another file system is there', () => Promise.resolve(answer())],
    ['its mount point is gone', () => Promise.reject(Object.assign(new Error(), { code: 'ENOENT' }))],
  ])('are no fault once unmounted, and gone at the tick that notices: %s', async (_case, afterwards) => {
    put('proc/1/mountinfo', mount(20, '/') + mount(30, '/data', { device: '8:17' }));
    let isMounted = true;
    const data = () => (isMounted ? Promise.resolve(answer({ device: '8:17' })) : afterwards());
    const reader = newReader((path) => (path.endsWith('/data') ? data() : Promise.resolve(answer())));
    expect((await reader.read({ elapsedMs: null })).metrics.filesystem).toHaveProperty('/data');
    isMounted = false;
    put('proc/1/mountinfo', mount(20, '/'));
    for (nowMs = 1000; nowMs < 5000; nowMs += 1000) {
      expect(await reader.read({ elapsedMs: 1000 })).toMatchObject({ status: 'ok', reason: null });
      await turn();
    }
    const { metrics } = await reader.read({ elapsedMs: 1000 });
    expect(Object.keys(metrics.filesystem ?? {})).toEqual(['/']);
  });

  it('have a fault for longer without what is mounted being read at each tick', async () => {
    put('proc/1/mountinfo', mount(20, '/') + mount(30, '/data', { device: '8:17' }));
    const reader = newReader(() => Promise.resolve(answer()));
    await reader.read({ elapsedMs: null });
    put('proc/1/mountinfo', mount(20, '/'));
    nowMs = 3000;
    expect(await reader.read({ elapsedMs: 3000 })).toMatchObject({ status: 'partial' });
    nowMs = 5000;
    expect(await reader.read({ elapsedMs: 2000 })).toMatchObject({ status: 'ok' });
  });

  it('have one line of reason however many cannot be asked', async () => {
    put(
      'proc/1/mountinfo',
      Array.from({ length: 40 }, (_, index) => mount(100 + index, `/disk${index}`, { device: `8:${index}` })).join(''),
    );
    const refuse: AskFilesystem = () => Promise.reject(Object.assign(new Error(), { code: 'EACCES' }));
    const { reason } = await newReader(refuse).read({ elapsedMs: null });
    expect(reason).toMatch(/^\/disk0 may not be entered by this user; .*; and 37 more$/);
  });

  it('are left out when they have no size, as what is no place for data', async () => {
    put('proc/1/mountinfo', mount(20, '/') + mount(30, '/odd', { device: '0:50', type: 'oddfs' }));
    const ask: AskFilesystem = (path) => Promise.resolve(path.endsWith('/odd') ? answer({ device: '0:50', totalBytes: 0 }) : answer());
    expect(Object.keys((await newReader(ask).read({ elapsedMs: null })).metrics.filesystem ?? {})).toEqual(['/']);
  });

  it('come and go with what is mounted, which is read every 5 s', async () => {
    put('proc/1/mountinfo', mount(20, '/'));
    const reader = newReader((path) => Promise.resolve(answer({ device: path.endsWith('/new') ? '8:2' : '8:1' })));
    const names = async () => Object.keys((await reader.read({ elapsedMs: 1000 })).metrics.filesystem ?? {});
    expect(await names()).toEqual(['/']);
    put('proc/1/mountinfo', mount(20, '/') + mount(30, '/new', { device: '8:2' }));
    nowMs = 4999;
    expect(await names()).toEqual(['/']);
    nowMs = 5001;
    expect(await names()).toEqual(['/', '/new']);
    put('proc/1/mountinfo', mount(20, '/'));
    nowMs = 10_002;
    expect(await names()).toEqual(['/']);
  });

  it('are asked anew at each tick where ticks are a minute apart', async () => {
    put('proc/1/mountinfo', mount(20, '/'));
    let freeBytes = 300;
    const reader = newReader(() => Promise.resolve(answer({ freeBytes })));
    await reader.read({ elapsedMs: null });
    freeBytes = 100;
    nowMs = 60_000;
    expect((await reader.read({ elapsedMs: 60_000 })).metrics.filesystem).toMatchObject({ '/': { free_bytes: 100 } });
  });

  it('say why there is none: no list of mounts, nothing on a disk, or all on the network', async () => {
    const read = async () => newReader(() => Promise.resolve(answer())).read({ elapsedMs: null });
    expect(await read()).toMatchObject({ status: 'partial', reason: `${root}/proc/1/mountinfo does not exist on this machine` });
    put('proc/1/mountinfo', mount(20, '/proc', { type: 'proc' }));
    expect(await read()).toMatchObject({
      status: 'ok',
      unavailable: { filesystem: 'No file system is mounted here that keeps data on a disk' },
    });
    put('proc/1/mountinfo', mount(30, '/nas', { type: 'nfs4' }));
    expect((await read()).unavailable?.['filesystem']).toContain('PERFWATCH_NETWORK_MOUNTS=on');
  });

  it('explain inodes where no file system has a fixed number of them', async () => {
    put('proc/1/mountinfo', mount(20, '/'));
    const { unavailable, metrics } = await newReader(() => Promise.resolve(answer({ inodes: 0, freeInodes: 0 }))).read({ elapsedMs: null });
    expect(metrics.filesystem?.['/']?.inodes_used_percent).toBeNull();
    expect(Object.keys(unavailable ?? {})).toEqual(['filesystem.inodes_used_percent']);
  });
});

describe('DiskReader', () => {
  it('answers at once where file systems have answered lately, and keeps what it says of the machine', async () => {
    put('proc/1/mountinfo', mount(20, '/'));
    const reader = newReader(() => Promise.resolve(answer()));
    const first = await reader.read({ elapsedMs: null });
    nowMs = 1000;
    const second = reader.read({ elapsedMs: 1000 });
    expect(second).not.toBeInstanceOf(Promise);
    expect((await second).unavailable).toBe(first.unavailable);
    expect((await second).sources).toBe(first.sources);
  });

  it('is unavailable where neither file can be read', async () => {
    rmSync(join(root, 'proc/diskstats'));
    const reading = await newReader(never).read({ elapsedMs: null });
    expect(reading).toMatchObject({ metrics: {}, status: 'unavailable', reason: expect.stringContaining('diskstats does not exist') });
  });
});

describe('figures of a file system', () => {
  it('know no share of nothing', () => {
    const empty = answer({ totalBytes: 1000, freeBytes: 1000, availableBytes: 0 });
    expect(filesystemMetrics(empty)).toMatchObject({ used_bytes: 0, used_percent: null });
  });

  it('belong to a subvolume of btrfs by its kind, since its number is another', () => {
    const mounted = { name: '/', isRemote: false };
    const btrfs = {
      ...mounted,
      mount: { id: 1, parentId: 0, device: '0:24', root: '/@', mountPoint: '/', type: 'btrfs', source: '/dev/x' },
    };
    expect(isAnswerOf(btrfs, answer({ device: '0:35', type: 0x9123683e }))).toBe(true);
    expect(isAnswerOf(btrfs, answer({ device: '0:24', type: 0x01021994 }))).toBe(false);
    expect(isAnswerOf(btrfs, answer({ device: '8:1', type: 0x9123683e }))).toBe(false);
  });

  it('come from the kernel', async () => {
    const { device, totalBytes, freeBytes, availableBytes } = await askFilesystem('/', null);
    expect(device).toMatch(/^\d+:\d+$/);
    expect(totalBytes).toBeGreaterThan(0);
    expect(freeBytes).toBeGreaterThanOrEqual(availableBytes);
    const other = { device: '1:1', type: 1, totalBytes, freeBytes: 0, availableBytes: 0, inodes: 0, freeInodes: 0 };
    expect((await askFilesystem('/', other)).device, 'another kind: the device is asked anew').toBe(device);
    const { type } = await askFilesystem('/', null);
    expect((await askFilesystem('/', { ...other, type })).device, 'the same kind and size').toBe('1:1');
    await expect(askFilesystem('/does/not/exist', null)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('have device numbers as makedev(3) puts them together', () => {
    expect([0xfe00n, 0x3n, 0x10303n, 0x11110370n, 0x11000fff170ffn].map(deviceNumbers)).toEqual([
      ...['254:0', '0:3', '259:3', '259:70000', '70000:1048575'],
    ]);
  });
});
