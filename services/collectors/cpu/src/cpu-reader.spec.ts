import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { HostFs } from '@perfwatch/procfs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CpuReader } from './cpu-reader.ts';

let root: string;
let fs: HostFs;

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'perfwatch-cpu-'));
  fs = new HostFs({ procRoot: join(root, 'proc'), sysRoot: join(root, 'sys'), rootRoot: root });
  put('proc/loadavg', '0.10 0.20 0.30 1/2 3\n');
});
afterEach(() => {
  fs.close();
  rmSync(root, { recursive: true });
});

const newReader = (nowMs = () => 0) => new CpuReader({ fs, nowMs });

/** user nice system idle iowait irq softirq steal guest guest_nice */
type Times = readonly number[];

/** Writes a /proc/stat with these CPUs. */
function putStat(cpus: Readonly<Record<number, Times>>, rest = ''): void {
  const lines = Object.entries(cpus).map(([cpu, times]) => `cpu${cpu} ${times.join(' ')}`);
  put('proc/stat', `cpu  0 0 0 0 0 0 0 0 0 0\n${lines.join('\n')}\n${rest}`);
}

/** Reads one tick for each /proc/stat, a second apart. */
function readTicks(ticks: readonly Readonly<Record<number, Times>>[]) {
  const reader = newReader();
  return ticks.map((cpus, tick) => {
    putStat(cpus);
    return reader.read({ elapsedMs: tick === 0 ? null : 1000 }).metrics;
  });
}

const IDLE: Times = [100, 0, 100, 1000, 50, 0, 0, 0, 0, 0];
/** `IDLE` with some more time. */
const after = (times: Times, more: Times): Times => times.map((ticks, column) => ticks + (more[column] ?? 0));

describe('times of the CPU', () => {
  it('are null at the first tick', () => {
    expect(readTicks([{ 0: IDLE }])[0]).toMatchObject({ usage_percent: null, idle_percent: null, core: { 0: { usage_percent: null } } });
  });

  it('take guests out of user and nice, and sum to 100', () => {
    const [, metrics] = readTicks([{ 0: IDLE }, { 0: after(IDLE, [40, 20, 10, 10, 5, 5, 5, 5, 30, 10]) }]);
    expect(metrics).toMatchObject({
      ...{ user_percent: 10, nice_percent: 10, guest_percent: 40, system_percent: 10, idle_percent: 10, iowait_percent: 5 },
      ...{ irq_percent: 5, softirq_percent: 5, steal_percent: 5, usage_percent: 85 },
    });
  });

  it('give iowait that was taken back to idle, and count nothing twice', () => {
    const [, second, third] = readTicks([{ 0: IDLE }, { 0: after(IDLE, [10, 0, 0, 130, -40]) }, { 0: after(IDLE, [20, 0, 0, 200, -20]) }]);
    expect(second).toMatchObject({ user_percent: 10, idle_percent: 90, iowait_percent: 0, usage_percent: 10 });
    expect(third).toMatchObject({ user_percent: 10, idle_percent: 70, iowait_percent: 20 });
  });

  it('give idle that was taken back to iowait', () => {
    const [, metrics] = readTicks([{ 0: IDLE }, { 0: after(IDLE, [50, 0, 0, -10, 60]) }]);
    expect(metrics).toMatchObject({ user_percent: 50, idle_percent: 0, iowait_percent: 50 });
  });

  it('count no guest where guest stepped back, and no more of it than user', () => {
    const start = after(IDLE, [100, 0, 0, 0, 0, 0, 0, 0, 50]);
    const [, back, ahead] = readTicks([
      { 0: start },
      { 0: after(start, [50, 0, 0, 50, 0, 0, 0, 0, -5]) },
      { 0: after(start, [60, 0, 0, 140, 0, 0, 0, 0, 45]) },
    ]);
    expect(back).toMatchObject({ user_percent: 50, guest_percent: 0, idle_percent: 50 });
    expect(ahead).toMatchObject({ user_percent: 0, guest_percent: 10, idle_percent: 90 });
  });

  it('are null for the first tick after a CPU comes back, and the whole counts the others', () => {
    const busy = after(IDLE, [100]);
    const ticks = readTicks([
      { 0: IDLE, 1: IDLE },
      { 0: after(IDLE, [0, 0, 0, 100]) },
      { 0: after(IDLE, [0, 0, 0, 200]), 1: busy },
      { 0: after(IDLE, [0, 0, 0, 300]), 1: after(busy, [100]) },
    ]);
    expect(ticks[1]).toMatchObject({ core_count: 1, usage_percent: 0 });
    expect(Object.keys(ticks[1]?.core ?? {})).toEqual(['0']);
    expect(ticks[2]).toMatchObject({ core_count: 2, usage_percent: 0, core: { 1: { usage_percent: null } } });
    expect(ticks[3]).toMatchObject({ usage_percent: 50, core: { 0: { usage_percent: 0 }, 1: { usage_percent: 100 } } });
  });

  it('are null for one tick after the counters of a CPU were reset', () => {
    const [, second, third] = readTicks([{ 0: after(IDLE, [5000]) }, { 0: IDLE }, { 0: after(IDLE, [100]) }]);
    expect(second?.usage_percent).toBeNull();
    expect(third?.usage_percent).toBe(100);
  });

  it('are null when no time was counted', () => {
    expect(readTicks([{ 0: IDLE }, { 0: IDLE }])[1]?.usage_percent).toBeNull();
  });

  it('come from the total where cores are not told apart', () => {
    const reader = newReader();
    put('proc/stat', 'cpu  0 0 0 0 0 0 0 0 0 0\n');
    reader.read({ elapsedMs: null });
    put('proc/stat', 'cpu  25 0 0 75 0 0 0 0 0 0\n');
    const { metrics, unavailable, status } = reader.read({ elapsedMs: 1000 });
    expect(metrics).toMatchObject({ usage_percent: 25, core_count: null });
    expect(Object.keys(unavailable ?? {})).toContain('core');
    expect(status).toBe('ok');
  });

  it('are right on 1024 CPUs, in a message of less than 1 MiB', () => {
    const all = (more: number) =>
      Object.fromEntries(Array.from({ length: 1024 }, (_, cpu) => [cpu, after(IDLE, [more * (cpu % 3), 0, 0, more * 7, more])]));
    const [, metrics] = readTicks([all(0), all(13)]);
    expect(metrics?.core_count).toBe(1024);
    expect(metrics?.core?.['1023']).toMatchObject({ user_percent: 0, idle_percent: 87.5 });
    expect(Buffer.byteLength(JSON.stringify(metrics))).toBeLessThan(1024 * 1024);
  });
});

describe('rates of the CPU', () => {
  it('divide by the measured time, and are null at the first tick and after a reset', () => {
    const reader = newReader();
    const read = (contextSwitches: number, elapsedMs: number | null) => {
      putStat({ 0: IDLE }, `ctxt ${contextSwitches}\n`);
      return reader.read({ elapsedMs }).metrics.context_switches_per_sec;
    };
    expect([read(1000, null), read(2000, 500), read(10, 500), read(20, 1000)]).toEqual([null, 2000, null, 10]);
  });
});

describe('files that cannot be read', () => {
  it('cost their own metrics and give the reason', () => {
    putStat({ 0: IDLE });
    rmSync(join(root, 'proc/loadavg'));
    const { metrics, status, reason } = newReader().read({ elapsedMs: null });
    expect(metrics).toMatchObject({ core_count: 1 });
    expect(metrics).not.toHaveProperty('load_1m');
    expect([status, reason]).toEqual(['partial', `${root}/proc/loadavg does not exist on this machine`]);
  });

  it('begin anew when they are back', () => {
    const reader = newReader();
    putStat({ 0: IDLE });
    reader.read({ elapsedMs: null });
    put('proc/stat', 'garbage\n');
    expect(reader.read({ elapsedMs: 1000 })).toMatchObject({ status: 'partial', metrics: { load_1m: 0.1 } });
    putStat({ 0: after(IDLE, [100]) });
    expect(reader.read({ elapsedMs: 1000 })).toMatchObject({ status: 'ok', metrics: { usage_percent: null } });
  });
});

describe('frequencies', () => {
  const putFrequency = (cpu: number, khz: number | string) => put(`sys/devices/system/cpu/cpu${cpu}/cpufreq/scaling_cur_freq`, `${khz}\n`);

  it('are null for a core whose driver does not answer', () => {
    putStat({ 0: IDLE, 1: IDLE });
    putFrequency(0, 2_000_000);
    putFrequency(1, '<unknown>');
    const { metrics } = newReader().read({ elapsedMs: null });
    expect(metrics).toMatchObject({ frequency_mhz: 2000, core: { 0: { frequency_mhz: 2000 }, 1: { frequency_mhz: null } } });
  });

  it('appear when a driver is loaded later', () => {
    putStat({ 0: IDLE });
    const reader = newReader();
    expect(reader.read({ elapsedMs: null }).metrics.frequency_mhz).toBeNull();
    putFrequency(0, 1_500_000);
    expect(reader.read({ elapsedMs: 59_000 }).metrics.frequency_mhz).toBeNull();
    expect(reader.read({ elapsedMs: 1000 }).metrics.frequency_mhz).toBe(1500);
  });

  it('are spread over several ticks where the kernel takes long to tell them', () => {
    putStat({ 0: IDLE, 1: IDLE, 2: IDLE });
    for (const cpu of [0, 1, 2]) putFrequency(cpu, 1_000_000 * (cpu + 1));
    let nowMs = 0;
    const reader = newReader(() => (nowMs += 12));
    const known = () =>
      Object.entries(reader.read({ elapsedMs: 1000 }).metrics.core ?? {})
        .filter(([, { frequency_mhz: mhz }]) => typeof mhz === 'number')
        .map(([cpu]) => cpu);
    expect([known(), known(), known()]).toEqual([
      ['0', '1'],
      ['0', '2'],
      ['1', '2'],
    ]);
  });
});

describe('temperatures', () => {
  it('are null while a sensor does not answer, without an error', () => {
    put('sys/class/hwmon/hwmon0/name', 'coretemp\n');
    put('sys/class/hwmon/hwmon0/temp1_label', 'Package id 0\n');
    put('sys/class/hwmon/hwmon0/temp1_input', '-128000\n');
    putStat({ 0: IDLE });
    const { metrics, status } = newReader().read({ elapsedMs: null });
    expect(metrics).toMatchObject({ temperature_celsius: null, sensor: { 'coretemp Package id 0': { temperature_celsius: null } } });
    expect(status).toBe('ok');
  });
});
