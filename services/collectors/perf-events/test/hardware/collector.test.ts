// pmu-vm: --icount
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { defaultPerfEvents } from '@perfwatch/contract';
import { openPerfKernel } from '@perfwatch/perf-event';
import { HostFs } from '@perfwatch/procfs';
import { PerfEventsReader } from '../../src/perf-events-reader.ts';

const SPIN_MS = 500;
const fs = new HostFs({ procRoot: '/proc', sysRoot: '/sys', rootRoot: '/' });
const openDescriptors = () => readdirSync('/proc/self/fd').length;

function close(actual: number | null | undefined, expected: number, tolerance: number): void {
  assert.ok(typeof actual === 'number' && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} within ${tolerance}`);
}

/** Two ticks with a busy loop between them. */
function readBusy(reader: PerfEventsReader) {
  const beganMs = performance.now();
  reader.read({ elapsedMs: null });
  while (performance.now() < beganMs + SPIN_MS);
  return reader.read({ elapsedMs: performance.now() - beganMs });
}

await describe('the perf-events collector on a machine with a PMU', async () => {
  const settings = defaultPerfEvents();
  const before = openDescriptors();
  const reader = new PerfEventsReader({
    kernel: openPerfKernel(),
    fs,
    nowMs: () => 0,
    program: process.execPath,
    settings: () => ({ ...settings }),
  });
  const { metrics, status, reason, unavailable = {} } = readBusy(reader);

  await it('gives the known answers of this machine: 1000 MHz and half an instruction per cycle', () => {
    assert.deepEqual({ status, reason }, { status: 'ok', reason: null });
    close(metrics.ipc_ratio, 0.5, 0.001);
    close(metrics.effective_frequency_mhz, 1000, 1);
    close(metrics.cycles_per_sec, 1e9, 1e6);
    close(metrics.instructions_per_sec, 5e8, 1e6);
    close(metrics.cpu_clock_ms_per_sec, 1000, 1);
    close(metrics.core?.['0']?.ipc_ratio, 0.5, 0.001);
    assert.deepEqual(metrics.group, { software: { running_percent: 100 }, core: { running_percent: 100 } });
  });

  await it('says of every event that this PMU does not have that it does not', () => {
    const lacking =
      'branches_per_sec l1d_loads_per_sec llc_load_misses_per_sec dtlb_loads_per_sec itlb_load_misses_per_sec l1i_loads_per_sec';
    for (const metric of lacking.split(' '))
      assert.match(unavailable[metric] ?? '', /^The PMU armv8_pmuv3 of this machine does not count /);
    for (const metric of ['package_watts', 'dram_watts']) assert.match(unavailable[metric] ?? '', /no power PMU/);
  });

  await it('counts on the CPUs and groups chosen only, and closes everything when it stops', () => {
    settings.groups = ['core'];
    readBusy(reader);
    const counting = openDescriptors();
    settings.groups = ['software'];
    assert.match(readBusy(reader).unavailable?.['ipc_ratio'] ?? '', /^Turned off in the settings$/);
    assert.ok(openDescriptors() > counting);
    settings.cpus = '7';
    assert.match(reader.read({ elapsedMs: 1 }).reason ?? '', /None of the CPUs chosen/);
    reader.close();
    fs.close();
    assert.equal(openDescriptors(), before);
  });
});
