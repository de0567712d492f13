import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { HostFs } from '@perfwatch/procfs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { askFilesystem } from './ask-filesystem.ts';
import { DiskReader } from './disk-reader.ts';
import { CallsUnderWay } from './filesystem-poller.ts';

const SECONDS = 10;
const MIB = 1024 * 1024;
const FILE_MIB = 96;
const TOLERANCE = 0.02;
const ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin', S_TIME_FORMAT: 'ISO' };
const isInstalled = (program: string) => spawnSync(program, ['--version'], { env: ENVIRONMENT }).error === undefined;
const run = promisify(execFile);

const number = z.number();
const iostatSchema = z.object({
  sysstat: z.object({
    hosts: z.tuple([
      z.object({
        statistics: z.tuple([
          z.object({
            disk: z.array(
              z.object({
                ...{ disk_device: z.string(), 'r/s': number, 'w/s': number, 'rkB/s': number, 'wkB/s': number, 'dkB/s': number.optional() },
                ...{ r_await: number, w_await: number, 'aqu-sz': number, util: number },
              }),
            ),
          }),
        ]),
      }),
    ]),
  }),
});

function newReader(): DiskReader {
  const fs = new HostFs({ procRoot: '/proc', sysRoot: '/sys', rootRoot: '/' });
  return new DiskReader({ fs, ask: askFilesystem, nowMs: () => performance.now(), hasNetwork: false, underWay: new CallsUnderWay() });
}

/** A directory on a disk of this machine, which is deleted with the test. */
function directoryOnDisk(): string {
  const directory = mkdtempSync('/var/tmp/perfwatch-disk-');
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** Writes a file past the cache and reads it again; ends by itself. */
async function makeLoad(): Promise<void> {
  const file = join(directoryOnDisk(), 'load');
  const options = { env: ENVIRONMENT, timeout: SECONDS * 1000 };
  await run('dd', ['if=/dev/zero', `of=${file}`, 'bs=256k', `count=${FILE_MIB * 4}`, 'oflag=direct,dsync'], options);
  await run('dd', [`if=${file}`, 'of=/dev/null', 'bs=256k', 'iflag=direct'], options);
}

/** Within 2 %, or one unit of what iostat prints in hundredths or whole: its ends are a few milliseconds away from ours. */
function expectClose(what: string, ours: number | null | undefined, theirs: number, unit: number): void {
  expect(ours, what).toBeTypeOf('number');
  expect(Math.abs(Number(ours) - theirs), `${what}: ${ours}, iostat ${theirs}`).toBeLessThanOrEqual(Math.max(TOLERANCE * theirs, unit));
}

/** What iostat and the collector say about the same seconds, in which the load begins and ends. */
async function readBoth() {
  const reader = newReader();
  const finished = run('iostat', ['-N', '-o', 'JSON', '-dxky', String(SECONDS), '1'], { env: ENVIRONMENT });
  await reader.read({ elapsedMs: null });
  const startMs = performance.now();
  await delay(500);
  const [{ stdout }] = await Promise.all([finished, makeLoad()]);
  const { metrics } = await reader.read({ elapsedMs: performance.now() - startMs });
  return { metrics, disks: iostatSchema.parse(JSON.parse(stdout)).sysstat.hosts[0].statistics[0].disk };
}

const isOwnDisk = (name: string) => {
  const directory = `/sys/block/${name.replaceAll('/', '!')}`;
  try {
    return readdirSync(directory).includes('device') && readdirSync(`${directory}/slaves`).length === 0;
  } catch {
    // Named by device-mapper.
    return false;
  }
};

// Both measure for themselves: what another program writes in between is not a defect, three times in a row is.
describe('the disk collector on this machine', { retry: 2 }, () => {
  it.skipIf(!isInstalled('iostat'))(
    'agrees with iostat within 2 % on every device while a file is written and read (needs iostat, from the package sysstat)',
    async () => {
      const { metrics, disks } = await readBoth();
      const known = disks.filter(({ disk_device: name }) => metrics.device?.[name] !== undefined);
      expect(known.length).toBeGreaterThan(0);
      for (const disk of known) {
        const ours = metrics.device?.[disk.disk_device];
        expectClose('read bytes', ours?.read_bytes_per_sec, disk['rkB/s'] * 1024, 1024);
        expectClose('written bytes', ours?.write_bytes_per_sec, disk['wkB/s'] * 1024, 1024);
        expectClose('reads', ours?.read_ops_per_sec, disk['r/s'], 1);
        expectClose('writes', ours?.write_ops_per_sec, disk['w/s'], 1);
        expectClose('discarded bytes', ours?.discard_bytes_per_sec ?? 0, (disk['dkB/s'] ?? 0) * 1024, 1024);
        expectClose('read latency', ours?.read_latency_ms ?? 0, disk.r_await, 0.1);
        expectClose('write latency', ours?.write_latency_ms ?? 0, disk.w_await, 0.1);
        expectClose('queue depth', ours?.queue_depth_count, disk['aqu-sz'], 0.02);
        expectClose('busy', ours?.utilization_percent, Math.min(100, disk.util), 1);
      }
      const own = disks.filter(({ disk_device: name }) => isOwnDisk(name));
      const sum = (field: 'r/s' | 'w/s' | 'rkB/s' | 'wkB/s') => own.reduce((total, disk) => total + disk[field], 0);
      expectClose('read bytes in total', metrics.read_bytes_per_sec, sum('rkB/s') * 1024, 1024);
      expectClose('written bytes in total', metrics.write_bytes_per_sec, sum('wkB/s') * 1024, 1024);
      expectClose('reads in total', metrics.read_ops_per_sec, sum('r/s'), 1);
      expectClose('writes in total', metrics.write_ops_per_sec, sum('w/s'), 1);
      const least = (FILE_MIB * MIB * 0.98) / (SECONDS + 1);
      expect(metrics.write_bytes_per_sec).toBeGreaterThan(least);
      expect(metrics.read_bytes_per_sec).toBeGreaterThan(least);
    },
  );
});

/** Rows of `df --output=target,...` by mount point. */
function readDf(columns: readonly string[]): ReadonlyMap<string, readonly number[]> {
  // df fails where one file system cannot be asked, and prints the others.
  const { stdout } = spawnSync('df', ['-B1', `--output=${columns.join()},target`], { encoding: 'utf8', env: ENVIRONMENT });
  const rows = stdout.trimEnd().split('\n').slice(1);
  return new Map(
    rows.map((row) => {
      const fields = row.trim().split(/\s+/);
      return [fields.slice(columns.length).join(' '), fields.slice(0, columns.length).map((field) => Number.parseInt(field, 10))];
    }),
  );
}

describe('file systems of this machine', { retry: 2 }, () => {
  it.skipIf(!isInstalled('df'))(
    'have the figures of df, before and after a file is written (needs df, from the package coreutils)',
    async () => {
      const before = (await newReader().read({ elapsedMs: null })).metrics.filesystem ?? {};
      const directory = directoryOnDisk();
      execFileSync('dd', ['if=/dev/urandom', `of=${directory}/file`, 'bs=1M', `count=${FILE_MIB}`, 'conv=fsync'], { stdio: 'ignore' });
      const { metrics } = await newReader().read({ elapsedMs: null });
      const bytes = readDf(['size', 'used', 'avail', 'pcent']);
      const inodes = readDf(['itotal', 'iused', 'ipcent']);
      const known = Object.entries(metrics.filesystem ?? {}).filter(([name]) => bytes.has(name));
      expect(known.length).toBeGreaterThan(0);
      for (const [name, ours] of known) {
        const [size = NaN, used = NaN, available = NaN, percent = NaN] = bytes.get(name) ?? [];
        const [inodesTotal = NaN, inodesUsed = NaN] = inodes.get(name) ?? [];
        expect(ours.total_bytes, name).toBe(size);
        expect(Math.abs(Number(ours.used_bytes) - used), `${name} used`).toBeLessThanOrEqual(FILE_MIB * MIB * TOLERANCE);
        expect(Math.abs(Number(ours.available_bytes) - available), `${name} available`).toBeLessThanOrEqual(FILE_MIB * MIB * TOLERANCE);
        expect(Math.abs(Number(ours.used_percent) - percent), `${name} in percent`).toBeLessThanOrEqual(1);
        if (inodesTotal > 0) expect(Math.abs(Number(ours.inodes_used_percent) - (100 * inodesUsed) / inodesTotal), name).toBeLessThan(0.05);
      }
      const target = execFileSync('df', ['--output=target', directory], { encoding: 'utf8', env: ENVIRONMENT }).split('\n')[1] ?? '';
      const grown = Number(metrics.filesystem?.[target]?.used_bytes) - Number(before[target]?.used_bytes);
      expect(Math.abs(grown - FILE_MIB * MIB), `${target} grew by ${grown}`).toBeLessThanOrEqual(FILE_MIB * MIB * TOLERANCE);
    },
  );
});

const HUNG_TICKS = 5;
/**
 * Mounts a FUSE file system that nobody answers for, where only this process tree sees it, and reads ticks a second apart. The
 * reader kills itself: a thread that hangs in the kernel cannot be joined. The shell is no reader: the first process of a namespace
 * cannot kill itself.
 */
const HANG = `
  exec 3<>/dev/fuse
  mount -i -t fuse.sshfs -o fd=3,rootmode=40000,user_id=0,group_id=0 hung "$1" || exit 9
  "$2" --input-type=module -e '
    const [procfs, collector] = process.argv.slice(1);
    const { HostFs } = await import(procfs);
    const { DiskReader } = await import(collector + "/disk-reader.ts");
    const { CallsUnderWay } = await import(collector + "/filesystem-poller.ts");
    const { askFilesystem } = await import(collector + "/ask-filesystem.ts");
    const fs = new HostFs({ procRoot: "/proc", sysRoot: "/sys", rootRoot: "/" });
    const reader = new DiskReader({ fs, ask: askFilesystem, nowMs: () => performance.now(), hasNetwork: true, underWay: new CallsUnderWay() });
    const ticks = [];
    for (let tick = 0; tick < ${HUNG_TICKS}; tick += 1) {
      const startMs = performance.now();
      const { status, reason, metrics } = await reader.read({ elapsedMs: tick === 0 ? null : 1000 });
      ticks.push({ ms: performance.now() - startMs, status, reason, filesystem: metrics.filesystem });
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    process.stdout.write(JSON.stringify(ticks) + "\\n", () => process.kill(process.pid, "SIGKILL"));
  ' "$3" "$4"
  exit 0
`;
const hungSchema = z.array(
  z.object({
    ms: z.number(),
    status: z.string(),
    reason: z.string().nullable(),
    filesystem: z.record(z.string(), z.object({ total_bytes: z.number().nullable(), used_percent: z.number().nullable() })),
  }),
);
const NAMESPACES = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private'];
/** A file system of our own needs root, FUSE and namespaces. */
function canHang(): boolean {
  const options = { stdio: 'ignore', env: ENVIRONMENT, timeout: 5000, killSignal: 'SIGKILL' } as const;
  return spawnSync('unshare', [...NAMESPACES, 'sh', '-c', 'exec 3<>/dev/fuse'], options).status === 0;
}

describe('a file system that hangs', () => {
  it.skipIf(!canHang())('costs its own figures and no tick (needs root and /dev/fuse)', async () => {
    const mountPoint = mkdtempSync('/var/tmp/perfwatch-hung-');
    onTestFinished(() => rmSync(mountPoint, { recursive: true }));
    const procfs = import.meta.resolve('@perfwatch/procfs');
    const script = ['sh', '-c', HANG, 'sh', mountPoint, process.execPath, procfs, import.meta.dirname];
    const { stdout } = await run('unshare', [...NAMESPACES, ...script], { env: ENVIRONMENT, timeout: 30_000, killSignal: 'SIGKILL' });
    const ticks = hungSchema.parse(JSON.parse(stdout));
    expect(ticks).toHaveLength(HUNG_TICKS);
    for (const { ms, filesystem } of ticks.slice(1)) {
      expect(ms).toBeLessThan(40);
      expect(filesystem['/']?.total_bytes).toBeGreaterThan(0);
    }
    expect(ticks.at(-1)).toMatchObject({ status: 'partial', reason: `${mountPoint} does not answer` });
    expect(ticks.at(-1)?.filesystem[mountPoint]).toEqual({ total_bytes: null, used_percent: null });
  });
});
