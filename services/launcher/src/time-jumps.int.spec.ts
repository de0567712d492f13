import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openBus, type Bus } from '@perfwatch/bus';
import { forEachMetric, unitOf, type Sample } from '@perfwatch/contract';
import { createLogger } from '@perfwatch/service-kit';
import { LaunchedPerfwatch, startTestNats, type TestNats } from '@perfwatch/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { servicesOf } from './services.ts';

const INTERVAL_MS = 200;
const STOPPED_MS = 20_000;
const TICKS = 10;
const WAIT = { timeout: 45_000, interval: 50 };
/** Steps the clock of a process while it runs (Debian's package libfaketime). */
const FAKETIME = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')[0];
/** More than any machine that runs tests does in a second. */
const MOST_PER_SEC = 1e12;
const COLLECTORS = servicesOf('collectors');

const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
let nats: TestNats;
let bus: Bus;
const samples = new Map<string, Sample[]>();

/** A Sample that JetStream has not acknowledged in time is sent again: the second is no other one. */
function note(sample: Sample): void {
  const known = samples.get(sample.collector) ?? [];
  if (!known.some(({ run, seq }) => run === sample.run && seq === sample.seq)) samples.set(sample.collector, [...known, sample]);
}

beforeAll(async () => {
  nats = await startTestNats();
  bus = openBus({ servers: nats.url, name: 'test', log });
  bus.subscribeSamples('perfwatch.v1.metrics.>', note);
  await bus.connected(WAIT.timeout);
});
afterAll(async () => {
  await bus.close(0);
  await nats.dispose();
});
beforeEach(() => samples.clear());

let launched: LaunchedPerfwatch | null = null;
afterEach(async () => {
  launched?.signal('SIGCONT');
  await launched?.stop();
  launched = null;
});

/** All collectors of this machine in one process, as a container runs them. */
function startCollectors(env: Readonly<Record<string, string>> = {}): LaunchedPerfwatch {
  const settings = { PERFWATCH_NATS_URL: nats.url, PERFWATCH_INTERVAL_MS: String(INTERVAL_MS), PERFWATCH_LOG_LEVEL: 'fatal' };
  return (launched = new LaunchedPerfwatch({ args: ['run', ...COLLECTORS], env: { ...settings, ...env } }));
}

/** Keeps one CPU busy until the test ends. */
function startBusyLoop(): void {
  const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
}

const of = (collector: string): Sample[] => samples.get(collector) ?? [];

/** Waits until every collector has published `count` more. */
async function ticksOfAll(count: number): Promise<void> {
  const before = new Map(COLLECTORS.map((collector) => [collector, of(collector).length]));
  await vi.waitFor(() => {
    for (const collector of COLLECTORS)
      expect(of(collector).length, collector).toBeGreaterThanOrEqual((before.get(collector) ?? 0) + count);
  }, WAIT);
}

/** No number that cannot be: nothing below zero, no share above the whole, no rate beyond any machine. */
function expectPossible({ collector, seq, metrics }: Sample): void {
  forEachMetric(metrics, ({ metric, dimension, instance }, value) => {
    if (value === null) return;
    const where = `${collector} ${seq ?? ''} ${dimension ?? ''}{${instance ?? ''}}.${metric}`;
    const unit = unitOf(metric);
    if (unit !== 'celsius') expect(value, where).toBeGreaterThanOrEqual(0);
    // A process may use more than one core.
    if (unit === 'percent' && collector !== 'perfwatch') expect(value, where).toBeLessThanOrEqual(100);
    if (unit === 'per_sec' || unit === 'bytes_per_sec') expect(value, where).toBeLessThan(MOST_PER_SEC);
  });
}

function expectNothingLost(collector: string): void {
  const seqs = of(collector)
    .map(({ seq }) => seq ?? -1)
    .sort((one, other) => one - other);
  expect(seqs, collector).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
}

const usageOf = (sample: Sample | undefined): number | null => {
  const usage = sample?.metrics['usage_percent'];
  return typeof usage === 'number' ? usage : null;
};

describe('all collectors of this machine', () => {
  it.skipIf(FAKETIME === undefined)(
    'give right rates over a clock that is set back an hour and forward again (needs libfaketime)',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'perfwatch-clock-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const clock = join(folder, 'offset');
      const setClock = (seconds: number) => writeFileSync(clock, `${seconds < 0 ? '' : '+'}${seconds}\n`);
      setClock(0);
      startCollectors({
        ...{ LD_PRELOAD: FAKETIME ?? '', FAKETIME_TIMESTAMP_FILE: clock, FAKETIME_NO_CACHE: '1', DONT_FAKE_MONOTONIC: '1' },
      });
      await ticksOfAll(TICKS);
      for (const seconds of [-3600, 0]) {
        setClock(seconds);
        await ticksOfAll(TICKS);
        const { ts } = of('cpu').at(-1) ?? { ts: '' };
        expect(Math.abs(Date.parse(ts) - (Date.now() + seconds * 1000)), ts).toBeLessThan(5000);
      }
      for (const collector of COLLECTORS) {
        expectNothingLost(collector);
        for (const sample of of(collector)) {
          expectPossible(sample);
          expect(Date.parse(sample.ts) % INTERVAL_MS, sample.ts).toBe(0);
          if (sample.seq !== 0) expect(sample.elapsed_ms, `${collector} ${sample.ts}`).toBeLessThan(10 * INTERVAL_MS);
        }
      }
      const usages = of('cpu').slice(1).map(usageOf);
      expect(usages.filter((usage) => usage === null)).toEqual([]);
    },
  );

  it('give the mean of the time they were stopped, and go on', { timeout: 2 * WAIT.timeout }, async () => {
    startBusyLoop();
    const collectors = startCollectors();
    await ticksOfAll(TICKS);
    collectors.signal('SIGSTOP');
    await delay(STOPPED_MS);
    collectors.signal('SIGCONT');
    await ticksOfAll(TICKS);
    for (const collector of COLLECTORS) {
      expectNothingLost(collector);
      for (const sample of of(collector)) expectPossible(sample);
      const gaps = of(collector).filter(({ elapsed_ms: elapsedMs }) => (elapsedMs ?? 0) >= STOPPED_MS);
      expect(gaps.length, `${collector} has one Sample over the time it was stopped`).toBe(1);
    }
    const overGap = of('cpu').find(({ elapsed_ms: elapsedMs }) => (elapsedMs ?? 0) >= STOPPED_MS);
    expect(usageOf(overGap), 'one CPU at least was busy').toBeGreaterThan(20);
    const dimension = of('perfwatch').at(-1)?.metrics['collector'];
    const cost = typeof dimension === 'object' && dimension !== null ? dimension['cpu'] : undefined;
    expect(cost?.['skipped_ticks_count'], 'the ticks that were not made are counted').toBeGreaterThan(STOPPED_MS / INTERVAL_MS / 2);
  });
});
