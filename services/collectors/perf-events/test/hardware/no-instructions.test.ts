// pmu-vm:
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultPerfEvents } from '@perfwatch/contract';
import { openPerfKernel } from '@perfwatch/perf-event';
import { HostFs } from '@perfwatch/procfs';
import { PerfEventsReader } from '../../src/perf-events-reader.ts';

await it('gives the frequency, and explains the ratio, on a PMU that counts cycles and no instructions', async () => {
  const fs = new HostFs({ procRoot: '/proc', sysRoot: '/sys', rootRoot: '/' });
  const reader = new PerfEventsReader({
    kernel: openPerfKernel(),
    fs,
    nowMs: () => 0,
    program: process.execPath,
    settings: defaultPerfEvents,
  });
  reader.read({ elapsedMs: null });
  await delay(500);
  const { metrics, status, unavailable = {} } = reader.read({ elapsedMs: 500 });
  reader.close();
  fs.close();
  assert.equal(status, 'ok');
  const mhz = metrics.effective_frequency_mhz ?? Number.NaN;
  assert.ok(Math.abs(mhz - 1000) < 20, `${mhz} MHz`);
  assert.ok(!('ipc_ratio' in metrics));
  for (const path of ['ipc_ratio', 'core.ipc_ratio', 'instructions_per_sec']) {
    assert.equal(unavailable[path], 'The PMU armv8_pmuv3 of this machine does not count instructions');
  }
});
