import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openPerfKernel } from '@perfwatch/perf-event';
import { HostFs } from '@perfwatch/procfs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { machineOfFiles, pmuFiles } from '../test/machine-of-files.ts';
import { MemoryBandwidthReader } from './memory-bandwidth-reader.ts';

const SECONDS = 10;
const TOLERANCE = 0.02;
const KIB = 1024;
const PERF_TYPE_SOFTWARE = 1;
const CONTEXT_SWITCHES = 3n;
const ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/bin:/bin' };
const RECLAIM = '/sys/devices/system/node/node0/reclaim';
const isInstalled = (program: string) => spawnSync(program, ['-V']).error === undefined;

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether this process may count on whole CPUs. */
function mayCount(): boolean {
  const kernel = openPerfKernel();
  const { fd } = kernel.open({ type: PERF_TYPE_SOFTWARE, config: CONTEXT_SWITCHES }, { cpu: 0, leaderFd: null });
  if (fd !== null) kernel.close(fd);
  return fd !== null;
}

/** Has the kernel reclaim pages. It answers EAGAIN when it has found fewer than asked for, which counts as well. */
function reclaim(): void {
  const { error, stderr } = spawnSync('sh', ['-c', `echo 8M > ${RECLAIM}`], { encoding: 'utf8', env: ENVIRONMENT });
  if (error !== undefined) throw error;
  expect(stderr).toMatch(/^$|temporarily unavailable/);
}

const newReader = () =>
  new MemoryBandwidthReader({
    fs: new HostFs({ procRoot: '/proc', sysRoot: '/sys', rootRoot: '/' }),
    openKernel: openPerfKernel,
    ceilingBytesPerSec: null,
  });

/** Writes to disk and reads back around the page cache, and touches new memory, evenly, until the test ends or it has done so for 20 s. */
async function pageAndFault(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'perfwatch-paging-'));
  const program = `
    end=$(($(date +%s) + 20))
    while [ "$(date +%s)" -lt "$end" ]; do
      dd if=/dev/zero of="${directory}/load" bs=1M count=4 oflag=direct conv=notrunc status=none
      dd if="${directory}/load" of=/dev/null bs=1M count=4 iflag=direct status=none
      head -c 8M /dev/zero | tail -c 8M > /dev/null
      sleep 0.1
    done`;
  const child = spawn('sh', ['-c', program], { stdio: 'ignore', env: ENVIRONMENT, detached: true });
  await once(child, 'spawn');
  onTestFinished(async () => {
    const ended = once(child, 'exit');
    // The whole group, for dd is not the shell.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  });
}

/** The one report of `sar -B`, by the names of its columns. */
function parseSar(text: string): Map<string, number> {
  const rows = text.split('\n').map((line) => line.trim().split(/\s+/));
  const header = rows.find((row) => row.includes('pgpgin/s')) ?? [];
  const average = rows.find((row) => row[0] === 'Average:') ?? [];
  // The header begins with the time of day, the averages with a word.
  const names = header.slice(header.indexOf('pgpgin/s'));
  return new Map(names.map((name, index) => [name, Number(average[index + 1])]));
}

function expectClose(metric: string, ours: number | null | undefined, theirs: number): void {
  expect(ours, metric).toBeTypeOf('number');
  const difference = Math.abs(Number(ours) - theirs);
  expect(difference, `${metric}: ${ours}, sar ${theirs}`).toBeLessThanOrEqual(Math.max(1, TOLERANCE * theirs));
}

describe('the memory-bandwidth collector on this machine', () => {
  // Both read for themselves, some milliseconds apart: a burst in between is not a defect, three in a row are.
  it.skipIf(!isInstalled('sar'))(
    'agrees with sar within 2 % on paging, faults and reclaim under load (needs sar, from the package sysstat)',
    { retry: 2 },
    async () => {
      const reader = newReader();
      onTestFinished(() => reader.close());
      await pageAndFault();
      const finished = promisify(execFile)('sar', ['-B', String(SECONDS), '1'], { env: ENVIRONMENT });
      reader.read({ elapsedMs: null });
      const begin = performance.now();
      const { stdout } = await finished;
      const { metrics } = reader.read({ elapsedMs: performance.now() - begin });
      const sar = parseSar(stdout);
      const perSec = (...columns: string[]) => columns.reduce((sum, column) => sum + (sar.get(column) ?? Number.NaN), 0);
      expectClose('page_in', Number(metrics.page_in_bytes_per_sec) / KIB, perSec('pgpgin/s'));
      expectClose('page_out', Number(metrics.page_out_bytes_per_sec) / KIB, perSec('pgpgout/s'));
      expectClose('page_faults', metrics.page_faults_per_sec, perSec('fault/s'));
      expectClose('major_page_faults', metrics.major_page_faults_per_sec, perSec('majflt/s'));
      expectClose('pages_scanned', metrics.pages_scanned_per_sec, perSec('pgscank/s', 'pgscand/s'));
      expect(metrics.page_out_bytes_per_sec).toBeGreaterThan(1024 * KIB);
      expect(metrics.page_faults_per_sec).toBeGreaterThan(100);
    },
  );

  it.skipIf(!isWritable(RECLAIM))(
    'counts exactly the pages that the kernel scans and reclaims when told to (needs root and node0/reclaim of Linux 6.17)',
    { retry: 2 },
    () => {
      const directory = mkdtempSync(join(tmpdir(), 'perfwatch-reclaim-'));
      onTestFinished(() => rmSync(directory, { recursive: true }));
      const sum = (kind: string) => `/^${kind}_(kswapd|direct|khugepaged|proactive) /{${kind}+=$2}`;
      const program = `${sum('pgscan')}${sum('pgsteal')}END{print pgscan, pgsteal}`;
      const counters = () => execFileSync('awk', [program, '/proc/vmstat'], { encoding: 'utf8', env: ENVIRONMENT }).split(' ').map(Number);
      const reader = newReader();
      onTestFinished(() => reader.close());
      // Clean pages of the cache, for reclaim to find: it lets a node be that has less than `vm.min_unmapped_ratio` (1 %) of them.
      const sparse = join(directory, 'cached');
      writeFileSync(sparse, '');
      truncateSync(sparse, Math.ceil(totalmem() / 64));
      execFileSync('dd', [`if=${sparse}`, 'of=/dev/null', 'bs=1M', 'status=none'], { env: ENVIRONMENT });
      const before = counters();
      reader.read({ elapsedMs: null });
      reclaim();
      const { metrics } = reader.read({ elapsedMs: 1000 });
      const [scanned = 0, reclaimed = 0] = counters().map((count, index) => count - (before[index] ?? 0));
      expect(reclaimed).toBeGreaterThan(0);
      expect([metrics.pages_scanned_per_sec, metrics.pages_reclaimed_per_sec]).toEqual([scanned, reclaimed]);
    },
  );

  it.skipIf(!mayCount())(
    'counts what sysfs says on the CPUs it says, and closes all it opened (needs CAP_PERFMON; software events stand in)',
    { retry: 2 },
    async () => {
      const online = readFileSync('/sys/devices/system/cpu/online', 'utf8').trim();
      const events = { data_reads: 'event=0x2', data_writes: `event=0x${CONTEXT_SWITCHES}` };
      const inMib = Object.keys(events).map((name) => ({ [`${name}.scale`]: '6.103515625e-5', [`${name}.unit`]: 'MiB' }));
      const pmu = { type: PERF_TYPE_SOFTWARE, cpumask: online, formats: { event: 'config:0-63' }, events: Object.assign(events, ...inMib) };
      const machine = machineOfFiles({ 'proc/vmstat': 'pgfault 1\n', ...pmuFiles({ uncore_imc: pmu }) });
      onTestFinished(machine.dispose);
      const openFiles = () => readdirSync('/proc/self/fd').length;
      const before = openFiles();
      const reader = new MemoryBandwidthReader({ fs: machine.fs, openKernel: openPerfKernel, ceilingBytesPerSec: null });
      await pageAndFault();
      const switches = () => Number(/^ctxt (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
      reader.read({ elapsedMs: null });
      const switchesBefore = switches();
      const begin = performance.now();
      await delay(3000);
      const { metrics } = reader.read({ elapsedMs: performance.now() - begin });
      const perSec = ((switches() - switchesBefore) * 1000) / (performance.now() - begin);
      const ours = Number(metrics.dram_write_bytes_per_sec) / 64;
      expect(perSec).toBeGreaterThan(10);
      expect(Math.abs(ours - perSec), `${ours} a second, /proc/stat ${perSec}`).toBeLessThanOrEqual(Math.max(1, TOLERANCE * perSec));
      expect(metrics.dram_read_bytes_per_sec).toBeGreaterThan(0);
      reader.close();
      machine.fs.close();
      expect(openFiles()).toBe(before);
    },
  );

  it('tells about every metric: a number, or why there is none', () => {
    const reader = newReader();
    onTestFinished(() => reader.close());
    reader.read({ elapsedMs: null });
    const { metrics, unavailable = {} } = reader.read({ elapsedMs: 1000 });
    for (const [path, value] of Object.entries(metrics)) {
      if (value === null) expect(unavailable[path], path).toMatch(/^.+$/);
    }
    expect(Object.keys(metrics.node ?? unavailable)).not.toEqual([]);
  });
});
