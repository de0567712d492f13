import {
  HYBRID_PMU_FILES,
  ONLINE_CPUS,
  POWER_PMU,
  POWER_PMU_FILES,
  SCRIPTED_RAPL,
  scriptedPerfMachine,
  scriptedPmu,
  scriptedSoftware,
  type PerfMachineOptions,
  type PerfScript,
} from '@perfwatch/testing';
import { describe, expect, it } from 'vitest';
import { FIRST, NEXT, startReader, type ReaderOptions } from '../test/start-reader.ts';

/** The collector on a machine with two CPUs and one PMU for both, and what of it a test wants otherwise. */
const start = (own: PerfMachineOptions & ReaderOptions = {}) => startReader(scriptedPerfMachine(own), own);

describe('when CPUs come and go', () => {
  it('counts on without a CPU that went offline, and begins anew when it is back', () => {
    const { reader, kernel, setOnline } = start();
    reader.read(FIRST);
    reader.read(NEXT);
    setOnline('0');
    const without = reader.read(NEXT);
    expect(without).toMatchObject({ status: 'partial', metrics: { cycles_per_sec: 2e9 } });
    expect(without.reason).toMatch(/now 0\)/);
    expect(without.metrics.core).not.toHaveProperty('1');
    expect(kernel.counted.some((event) => event.startsWith('1:'))).toBe(false);
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { cycles_per_sec: 2e9 } });
    setOnline('0-1');
    expect(reader.read(NEXT)).toMatchObject({ status: 'partial', metrics: { cycles_per_sec: 2e9, core: { 1: { ipc_ratio: null } } } });
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { cycles_per_sec: 4.02e9, core: { 1: { ipc_ratio: 0.5 } } } });
  });

  it('notices a CPU that was offline between two ticks only, and counts on it again', () => {
    const script = { pmus: [scriptedSoftware([0, 1]), scriptedPmu({})] };
    const { reader, kernel } = start({ script });
    reader.read(FIRST);
    const descriptors = kernel.openDescriptors;
    kernel.change({ ...script, online: [0] });
    kernel.change(script);
    const after = reader.read(NEXT);
    expect(after).toMatchObject({ status: 'partial', metrics: { cycles_per_sec: 2e9, core: { 1: { ipc_ratio: null } } } });
    expect(after.reason).toMatch(/CPU 1 went offline meanwhile/);
    expect(kernel.openDescriptors).toBe(descriptors);
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { cycles_per_sec: 4.02e9 } });
  });

  it('asks again at the next tick for a CPU that was not quite online yet', () => {
    const script = { pmus: [scriptedSoftware([0, 1]), scriptedPmu({})] };
    const { reader, kernel } = start({ script: { ...script, online: [0] } });
    reader.read(FIRST);
    const waiting = reader.read(NEXT);
    expect(waiting).toMatchObject({ status: 'partial', metrics: { cycles_per_sec: 2e9 } });
    expect(waiting.reason).toMatch(/^CPU 1 could not be counted on/);
    kernel.change(script);
    reader.read(NEXT);
    expect(reader.read(NEXT).metrics.cycles_per_sec).toBe(4.02e9);
  });

  it('lets everything go when it cannot tell which CPUs are online', () => {
    const { reader, kernel, setOnline } = start();
    reader.read(FIRST);
    setOnline('garbage');
    const reading = reader.read(NEXT);
    expect(reading).toMatchObject({ status: 'unavailable', metrics: {} });
    expect(reading.reason).toMatch(/cpu\/online is not what it should be/);
    expect(kernel.openDescriptors).toBe(0);
  });

  it('asks a core that comes online for the events of its own kind, from the next tick on', () => {
    const script: PerfScript = {
      pmus: [scriptedSoftware([0, 1]), scriptedPmu({ cpus: [0], extendedType: 4 }), scriptedPmu({ cpus: [1], extendedType: 10 })],
    };
    const atom = 'sys/bus/event_source/devices/cpu_atom/cpus';
    const { reader, write, setOnline } = start({ script, pmus: { ...HYBRID_PMU_FILES, [atom]: '\n' }, files: { [ONLINE_CPUS]: '0\n' } });
    reader.read(FIRST);
    reader.read(NEXT);
    write(atom, '1\n');
    setOnline('0-1');
    const plugged = reader.read(NEXT);
    expect(plugged.reason).toMatch(/^CPUs went offline or came online/);
    expect(plugged.metrics).toMatchObject({ cycles_per_sec: 2e9, core: { 1: { ipc_ratio: null } } });
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { cycles_per_sec: 4.02e9, core: { 1: { ipc_ratio: 0.5 } } } });
  });

  it('follows the power PMU to another CPU of the package, and keeps what the others counted', () => {
    const script = { pmus: [scriptedSoftware([0, 1]), scriptedPmu({}), { ...SCRIPTED_RAPL, cpus: [0, 1] }] };
    const { reader, write, setOnline } = start({ script, files: POWER_PMU_FILES });
    reader.read(FIRST);
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { package_watts: 15 } });
    write(`${POWER_PMU}/cpumask`, '1\n');
    setOnline('1');
    expect(reader.read(NEXT).metrics).toMatchObject({ package_watts: null, cycles_per_sec: 2.02e9 });
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { package_watts: 15.15, cycles_per_sec: 2.02e9 } });
  });

  it('says which of the CPUs chosen are not online, in few words, and counts on the others', () => {
    const { reader, settings } = start({ settings: { cpus: '0,2,77' } });
    reader.read(FIRST);
    expect(reader.read(NEXT)).toMatchObject({ status: 'partial', metrics: { cycles_per_sec: 2e9 } });
    expect(reader.read(NEXT).reason).toBe('CPUs 2,77 of the settings are not online');
    settings.cpus = '0,77';
    reader.read(NEXT);
    expect(reader.read(NEXT).reason).toBe('CPU 77 of the settings is not online');
    settings.cpus = Array.from({ length: 60 }, (_, index) => String(2 * index)).join();
    reader.read(NEXT);
    expect(reader.read(NEXT).reason).toMatch(/^CPUs 2,4,6.{50,100}\.\.\. of the settings are not online$/);
  });
});

describe('on a machine with many CPUs', () => {
  it('opens its counters over several ticks rather than delay one, and gives no sum before all are open', () => {
    let ms = 0;
    const script = { pmus: [scriptedSoftware([0, 1, 2, 3])] };
    const files = { 'sys/devices/system/cpu/online': '0-3\n' };
    const { reader, kernel } = start({ script, files, pmus: {}, settings: { groups: ['software'] }, nowMs: () => (ms += 30) });
    reader.read(FIRST);
    expect(kernel.counted.at(-1)).toMatch(/^1:/);
    const opening = reader.read(NEXT);
    expect(opening).toMatchObject({ status: 'partial', metrics: { context_switches_per_sec: null } });
    expect(opening.reason).toMatch(/still being opened \(software\)/);
    for (let tick = 0; tick < 3; tick += 1) reader.read(NEXT);
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { context_switches_per_sec: 4060 } });
  });

  it('has its sums though a CPU that is listed as online is not', () => {
    let ms = 0;
    const script = { pmus: [scriptedSoftware([0, 1, 2, 3])], online: [0, 2, 3] };
    const files = { [ONLINE_CPUS]: '0-3\n' };
    const { reader } = start({ script, files, pmus: {}, settings: { groups: ['software'] }, nowMs: () => (ms += 30) });
    reader.read(FIRST);
    for (let tick = 0; tick < 4; tick += 1) reader.read(NEXT);
    const { metrics, reason } = reader.read(NEXT);
    expect(reason).toBe('CPU 1 could not be counted on: the kernel says offline');
    expect(metrics.context_switches_per_sec).toBe(3050);
  });
});
