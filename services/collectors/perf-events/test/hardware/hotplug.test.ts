// pmu-vm: --smp 2
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultPerfEvents } from '@perfwatch/contract';
import { openPerfKernel } from '@perfwatch/perf-event';
import { HostFs } from '@perfwatch/procfs';
import { PerfEventsReader } from '../../src/perf-events-reader.ts';

const TICK_MS = 300;
const plug = (state: '0' | '1') => writeFileSync('/sys/devices/system/cpu/cpu1/online', state);

await describe('the perf-events collector while a CPU goes offline and comes back', async () => {
  const fs = new HostFs({ procRoot: '/proc', sysRoot: '/sys', rootRoot: '/' });
  const reader = new PerfEventsReader({
    kernel: openPerfKernel(),
    fs,
    nowMs: () => 0,
    program: process.execPath,
    settings: defaultPerfEvents,
  });
  after(() => {
    reader.close();
    fs.close();
  });
  reader.read({ elapsedMs: null });
  const tick = async () => {
    await delay(TICK_MS);
    return reader.read({ elapsedMs: TICK_MS });
  };
  /** Ticks until nothing is missing any more, three at most. */
  const settle = async () => {
    for (let ticks = 0; ticks < 3; ticks += 1) {
      const reading = await tick();
      if (reading.status === 'ok') return reading;
    }
    return tick();
  };
  const clockOf = (reading: Awaited<ReturnType<typeof tick>>) => Math.round((reading.metrics.cpu_clock_ms_per_sec ?? Number.NaN) / 100);

  await it('counts on both', async () => {
    const reading = await tick();
    assert.equal(reading.status, 'ok');
    assert.equal(clockOf(reading), 20);
    assert.deepEqual(Object.keys(reading.metrics.core ?? {}), ['0', '1']);
  });

  await it('goes on with the other and says so', async () => {
    plug('0');
    const reading = await tick();
    assert.equal(reading.status, 'partial');
    assert.match(reading.reason ?? '', /now 0\)/);
    assert.deepEqual(Object.keys(reading.metrics.core ?? {}), ['0']);
    const next = await tick();
    assert.equal(next.status, 'ok');
    assert.equal(clockOf(next), 10);
  });

  await it('counts on it again when it is back, from the tick after that', async () => {
    plug('1');
    const reading = await tick();
    assert.equal(reading.status, 'partial');
    assert.equal(reading.metrics.core?.['1']?.effective_frequency_mhz, null);
    const next = await tick();
    assert.equal(next.status, 'ok');
    assert.equal(clockOf(next), 20);
    assert.ok(Math.abs((next.metrics.core?.['1']?.effective_frequency_mhz ?? 0) - 1000) < 50);
  });

  await it('notices one that was away between two ticks only, and counts on it again', async () => {
    await delay(TICK_MS / 2);
    plug('0');
    plug('1');
    const reading = await tick();
    assert.equal(reading.status, 'partial');
    assert.match(reading.reason ?? '', /CPU 1 went offline meanwhile/);
    const next = await settle();
    assert.equal(next.status, 'ok');
    assert.equal(clockOf(next), 20);
    assert.ok(Math.abs((next.metrics.core?.['1']?.effective_frequency_mhz ?? 0) - 1000) < 50);
  });
});
