import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultPerfEvents, type PerfEventsConfig } from '@perfwatch/contract';
import { openPerfKernel } from '@perfwatch/perf-event';
import { HostFs } from '@perfwatch/procfs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PerfEventsReader } from './perf-events-reader.ts';

const SECONDS = 10;
const TOLERANCE = 0.02;
const LOAD_SECONDS = 40;
/** Node.js takes most of it for itself. */
const SMALL_LIMIT = 40;
const ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/bin:/bin' };
/** By event: our metric, and what one of perf's units is in ours. */
const METRICS = {
  'cpu-clock': 'cpu_clock_ms_per_sec',
  'context-switches': 'context_switches_per_sec',
  'cpu-migrations': 'cpu_migrations_per_sec',
  'page-faults': 'page_faults_per_sec',
} as const;
const EVENTS = Object.keys(METRICS).join();

const isInstalled = (program: string) => spawnSync(program, ['--version']).error === undefined;
/** Whether this process may count at all: perf_event_paranoid and capabilities decide. */
const mayCount = () => {
  const { reader } = newReader();
  const { status } = reader.read({ elapsedMs: null });
  reader.close();
  return status !== 'unavailable';
};

function newReader(own: Partial<PerfEventsConfig> = {}) {
  const settings = { ...defaultPerfEvents(), ...own };
  const fs = new HostFs({ procRoot: '/proc', sysRoot: '/sys', rootRoot: '/' });
  const counting = { kernel: openPerfKernel(), fs, nowMs: () => performance.now(), program: process.execPath };
  const reader = new PerfEventsReader({ ...counting, settings: () => ({ ...settings }) });
  return { reader, fs, settings };
}

/** Processes that begin and end, on all CPUs, until the test ends: switches, migrations and page faults. */
async function startLoad(): Promise<void> {
  const child = spawn('timeout', [String(LOAD_SECONDS), 'sh', '-c', 'while :; do /bin/true | /bin/true; done'], {
    stdio: 'ignore',
    env: ENVIRONMENT,
  });
  onTestFinished(() => void child.kill('SIGTERM'));
  await once(child, 'spawn');
}

/** perf stat on all CPUs that waits to be told when to count, so that its seconds are ours. */
class PerfStat {
  readonly #child: ChildProcess;
  #output = '';

  constructor() {
    const options = ['stat', '-a', '-x,', '-e', EVENTS, '-D', '-1', '--control', 'fd:3,4', '--timeout', String(LOAD_SECONDS * 1000)];
    this.#child = spawn('perf', options, { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'], env: ENVIRONMENT });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  /** Sends a command and waits until it is carried out. */
  async tell(command: 'enable' | 'disable'): Promise<void> {
    const [, , , control, acknowledgement] = this.#child.stdio;
    if (control === null || control === undefined || !('write' in control)) throw new Error('perf has no control descriptor');
    const done = acknowledgement === null || acknowledgement === undefined ? null : once(acknowledgement, 'data');
    control.write(`${command}\n`);
    await done;
  }

  /** Ends it and gives what it counted, by event, per second of one CPU's time. */
  async finish(): Promise<Map<string, number>> {
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGINT');
    await closed;
    const perSec = new Map<string, number>();
    for (const line of this.#output.split('\n')) {
      const [value, , event = '', runningNs] = line.split(',');
      if (event in METRICS) perSec.set(event, (Number(value) * 1e9) / Number(runningNs));
    }
    return perSec;
  }
}

/** What perf and the collector say about the same seconds. */
async function readBoth() {
  const { reader } = newReader({ groups: ['software'] });
  onTestFinished(() => reader.close());
  const perf = new PerfStat();
  await perf.tell('enable');
  reader.read({ elapsedMs: null });
  await delay(SECONDS * 1000);
  const { metrics } = reader.read({ elapsedMs: SECONDS * 1000 });
  await perf.tell('disable');
  return { metrics, theirs: await perf.finish() };
}

const openDescriptors = () => readdirSync('/proc/self/fd').length;

describe.skipIf(!mayCount())('the perf-events collector on this machine (needs to be allowed to count: root, or CAP_PERFMON)', () => {
  // Both count for themselves, a millisecond apart at each end: a burst there is not a defect, three in a row are.
  it.skipIf(!isInstalled('perf'))(
    'agrees with perf stat -a within 2 % or one a second on software events under load (needs perf, from the package linux-perf)',
    { retry: 2 },
    async () => {
      await startLoad();
      const { metrics, theirs } = await readBoth();
      expect([...theirs.keys()]).toEqual(Object.keys(METRICS));
      const cpus = Number(metrics.cpu_clock_ms_per_sec) / 1000;
      for (const [event, metric] of Object.entries(METRICS)) {
        const expected = Number(theirs.get(event)) * cpus;
        const difference = Math.abs(Number(metrics[metric]) - expected);
        expect(difference, `${event}: ${metrics[metric]}, perf ${expected}`).toBeLessThanOrEqual(Math.max(TOLERANCE * expected, 1));
      }
      expect(metrics.context_switches_per_sec).toBeGreaterThan(100);
      expect(metrics.page_faults_per_sec).toBeGreaterThan(1000);
    },
  );

  it('counts software events, and has a number or an explanation for every other', async () => {
    const { reader } = newReader();
    onTestFinished(() => reader.close());
    reader.read({ elapsedMs: null });
    await delay(200);
    const { metrics, status, reason, unavailable } = reader.read({ elapsedMs: 200 });
    for (const metric of Object.values(METRICS)) expect(metrics[metric], metric).toBeTypeOf('number');
    expect(metrics.group?.['software']).toEqual({ running_percent: 100 });
    for (const metric of ['cycles_per_sec', 'ipc_ratio', 'llc_miss_percent', 'itlb_loads_per_sec', 'package_watts'] as const) {
      expect(typeof metrics[metric] === 'number' || unavailable?.[metric], metric).toBeTruthy();
    }
    if (unavailable?.['cycles_per_sec'] === undefined) return;
    expect(status).toBe('partial');
    expect(reason).toMatch(/^Not counted \(core/);
  });

  it('leaves the last descriptors of a small limit to others, and says what limit would do', () => {
    const count = `
      const { openPerfKernel } = await import('@perfwatch/perf-event');
      const { HostFs } = await import('@perfwatch/procfs');
      const { defaultPerfEvents } = await import('@perfwatch/contract');
      const { PerfEventsReader } = await import(${JSON.stringify(join(import.meta.dirname, 'perf-events-reader.ts'))});
      const fs = new HostFs({ procRoot: '/proc', sysRoot: '/sys', rootRoot: '/' });
      const settings = () => ({ ...defaultPerfEvents(), groups: ['software'], cpus: '0' });
      const kernel = openPerfKernel();
      const { status, reason } = new PerfEventsReader({ kernel, fs, nowMs: () => 0, program: 'node', settings }).read({ elapsedMs: null });
      console.log(JSON.stringify({ status, reason }));`;
    const readWith = (limit: number): unknown => {
      const command = `ulimit -n ${limit}; exec "$0" --input-type=module --eval "$1"`;
      const { stdout, stderr } = spawnSync('sh', ['-c', command, process.execPath, count], { cwd: import.meta.dirname, encoding: 'utf8' });
      expect(stderr).toBe('');
      return JSON.parse(stdout);
    };
    const refused = readWith(SMALL_LIMIT);
    expect(refused).toEqual({
      status: 'unavailable',
      reason: expect.stringMatching(/counting takes 4 descriptors; raise ulimit -n to \d+ /),
    });
    const needed = Number(/ulimit -n to (\d+) /.exec(JSON.stringify(refused))?.[1]);
    expect(needed).toBeGreaterThan(SMALL_LIMIT);
    expect(readWith(needed)).toEqual({ status: 'ok', reason: null });
  });

  it('closes every descriptor: when settings change, when it stops, and when it could open nothing', () => {
    const { reader, fs, settings } = newReader();
    reader.read({ elapsedMs: null });
    settings.cpus = '0';
    settings.groups = ['core'];
    reader.read({ elapsedMs: 1000 });
    reader.close();
    fs.close();
    const before = openDescriptors();
    settings.cpus = 'all';
    settings.groups = defaultPerfEvents().groups;
    reader.read({ elapsedMs: 1000 });
    const counting = openDescriptors();
    expect(counting).toBeGreaterThan(before + Object.keys(METRICS).length - 1);
    settings.groups = ['core', 'power'];
    reader.read({ elapsedMs: 1000 });
    expect(openDescriptors()).toBeLessThan(counting);
    settings.cpus = '8191';
    reader.read({ elapsedMs: 1000 });
    reader.close();
    reader.close();
    fs.close();
    expect(openDescriptors()).toBe(before);
  });
});
