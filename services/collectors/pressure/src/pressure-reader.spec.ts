import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getSystemErrorName } from 'node:util';
import { HostFs } from '@perfwatch/procfs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PressureReader } from './pressure-reader.ts';

const line = (kind: string, total: number) => `${kind} avg10=1.00 avg60=1.00 avg300=1.00 total=${total}\n`;
const both = (some: number, full: number) => line('some', some) + line('full', full);
const CALM = { 'pressure/cpu': both(0, 0), 'pressure/memory': both(0, 0), 'pressure/io': both(0, 0) };

/** Files below /proc that the test changes. */
function machineWith(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'perfwatch-pressure-'));
  const put = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  for (const [path, content] of Object.entries(files)) put(path, content);
  const fs = new HostFs({ procRoot: root, sysRoot: root, rootRoot: root });
  onTestFinished(() => {
    fs.close();
    rmSync(root, { recursive: true });
  });
  return { fs, reader: new PressureReader(fs), put };
}

/** A machine of which some files of /proc answer EOPNOTSUPP. */
class SwitchedOffFs extends HostFs {
  readonly #paths: readonly string[];

  constructor(procRoot: string, paths: readonly string[]) {
    super({ procRoot, sysRoot: procRoot, rootRoot: procRoot });
    this.#paths = paths;
  }

  override parseProc<T>(path: string, parse: (text: string) => T): T | null {
    return this.#paths.includes(path) ? null : super.parseProc(path, parse);
  }

  override faultOfProc(path: string): string | null {
    if (!this.#paths.includes(path)) return super.faultOfProc(path);
    return `/proc/${path} cannot be read (${getSystemErrorName(-constants.errno.EOPNOTSUPP)})`;
  }
}

describe('PressureReader', () => {
  it('gives the stalled share of the measured time, whatever the interval is', () => {
    const { reader, put } = machineWith(CALM);
    expect(reader.read({ elapsedMs: null }).metrics).toMatchObject({ cpu_some_percent: null, io_full_percent: null });
    put('pressure/cpu', both(125_000, 0));
    put('pressure/memory', both(250_000, 50_000));
    put('pressure/io', both(500_000, 2_500));
    expect(reader.read({ elapsedMs: 500 }).metrics).toEqual({
      ...{ cpu_some_percent: 25, memory_some_percent: 50, memory_full_percent: 10, io_some_percent: 100, io_full_percent: 0.5 },
      irq_full_percent: null,
    });
  });

  it('gives no more than 100 % when the counter is read later than the clock', () => {
    const { reader, put } = machineWith(CALM);
    reader.read({ elapsedMs: null });
    put('pressure/io', both(1_000_400, 0));
    expect(reader.read({ elapsedMs: 1000 }).metrics.io_some_percent).toBe(100);
  });

  it('knows nothing at a tick when a counter fell', () => {
    const { reader, put } = machineWith({ ...CALM, 'pressure/cpu': both(9_000_000, 0) });
    reader.read({ elapsedMs: null });
    put('pressure/cpu', both(100, 0));
    expect(reader.read({ elapsedMs: 1000 }).metrics.cpu_some_percent).toBeNull();
    put('pressure/cpu', both(10_100, 0));
    expect(reader.read({ elapsedMs: 1000 }).metrics.cpu_some_percent).toBe(1);
  });

  it('reads the pressure of interrupts where the kernel measures it', () => {
    const { reader, put } = machineWith({ ...CALM, 'pressure/irq': line('full', 0) });
    reader.read({ elapsedMs: null });
    put('pressure/irq', line('full', 30_000));
    const { metrics, status, unavailable } = reader.read({ elapsedMs: 1000 });
    expect([metrics.irq_full_percent, status, unavailable]).toEqual([3, 'ok', {}]);
  });

  it('is ok without the pressure of interrupts, and says what it takes', () => {
    const { reader } = machineWith(CALM);
    const { status, unavailable } = reader.read({ elapsedMs: null });
    expect(status).toBe('ok');
    expect(unavailable).toEqual({ irq_full_percent: expect.stringContaining('CONFIG_IRQ_TIME_ACCOUNTING') });
    expect(reader.read({ elapsedMs: 1000 }).unavailable).toBe(unavailable);
  });

  it('keeps the others when one file cannot be read, and says which', () => {
    const { reader } = machineWith({ 'pressure/cpu': both(0, 0), 'pressure/io': both(0, 0), 'pressure/irq': 'garbage\n' });
    const { metrics, status, reason } = reader.read({ elapsedMs: null });
    expect(Object.keys(metrics)).toHaveLength(6);
    expect([status, reason]).toEqual(['partial', expect.stringMatching(/pressure\/memory does not exist/)]);
  });

  it('is partial when only the file of interrupts is garbage', () => {
    const { status, reason } = machineWith({ ...CALM, 'pressure/irq': 'garbage\n' }).reader.read({ elapsedMs: null });
    expect([status, reason]).toEqual(['partial', expect.stringContaining('"garbage" has no total')]);
  });

  it('says which total a file does not have', () => {
    const { status, reason } = machineWith({ ...CALM, 'pressure/io': line('some', 1) }).reader.read({ elapsedMs: null });
    expect([status, reason]).toEqual(['partial', '/proc/pressure/io has no total of full']);
  });

  it.each([
    [{ 'sys/kernel/osrelease': '4.14.81\n' }, 'Linux 4.14.81 does not measure pressure'],
    [{ 'sys/kernel/osrelease': '4.18.0-553.el8_10.x86_64\n' }, 'psi=1'],
    [{ 'sys/kernel/osrelease': '6.1.0\n', cmdline: 'quiet psi=0 ro\n' }, "switched off on the kernel's command line: boot with"],
    [{ 'sys/kernel/osrelease': '6.1.0\n', cmdline: 'quiet notpsi=0\n' }, 'does not exist on this machine: boot with'],
  ])('is unavailable without /proc/pressure, with the cure: %j', (files, cure) => {
    const { reader, put } = machineWith(files);
    expect(reader.read({ elapsedMs: null })).toEqual({ metrics: {}, status: 'unavailable', reason: expect.stringContaining(cure) });
    for (const [path, content] of Object.entries(CALM)) put(path, content);
    expect(reader.read({ elapsedMs: 1000 }).status).toBe('ok');
  });

  it('is unavailable, with the cure, where the files are there but pressure is switched off', () => {
    const { fs } = machineWith(CALM);
    const reader = new PressureReader(new SwitchedOffFs(fs.rootPath('/'), ['pressure/cpu', 'pressure/memory', 'pressure/io']));
    expect(reader.read({ elapsedMs: null })).toEqual({
      ...{ metrics: {}, status: 'unavailable' },
      reason: 'Pressure is switched off in this kernel: boot with the kernel parameter psi=1',
    });
  });

  it('is ok where only interrupts are switched off, as without a reliable clock', () => {
    const { fs } = machineWith({ ...CALM, 'pressure/irq': '' });
    const { status, unavailable } = new PressureReader(new SwitchedOffFs(fs.rootPath('/'), ['pressure/irq'])).read({ elapsedMs: null });
    expect([status, Object.keys(unavailable ?? {})]).toEqual(['ok', ['irq_full_percent']]);
  });
});
