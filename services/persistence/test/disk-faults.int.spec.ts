import { findNatsServer, startNatsServer, startPostgres, type PostgresServer } from '@perfwatch/embedded';
import { startTestNats, startTestPostgres } from '@perfwatch/testing';
import { Client } from 'pg';
import { expect, it, onTestFinished, vi, type TestContext } from 'vitest';
import { SmallDisk } from './small-disk.ts';
import { StoredRun, type StoredRunOptions } from './stored-run.ts';

const BATCH = 200;

async function startRun(options: StoredRunOptions): Promise<StoredRun> {
  const run = await StoredRun.start(options);
  onTestFinished(() => run.stop());
  run.publish(BATCH);
  await run.until((stored) => stored.size === BATCH);
  expect(run.health()).toEqual({ up: true, reason: null });
  return run;
}

/** Skips the test, with the reason, where there can be none. */
function smallDisk({ task, skip }: TestContext, megabytes: number): SmallDisk {
  const disk = SmallDisk.mount(megabytes);
  if (typeof disk === 'string') {
    Object.assign(task.meta, { skipReason: disk });
    skip(disk);
    throw new Error('skipped');
  }
  onTestFinished(() => disk.unmount());
  return disk;
}

/** Ends with the test, and starts again when it ends by itself, as `perfwatch up` has it. */
async function keepPostgres(dir: string): Promise<PostgresServer> {
  let isStopping = false;
  const start = async (port: number): Promise<PostgresServer> => {
    const server = await startPostgres({ dir, port, isDurable: false });
    server.onExit(() => {
      if (!isStopping) restarting = vi.waitFor(() => start(server.port), { timeout: 45_000, interval: 500 });
    });
    return server;
  };
  let restarting = start(0);
  const first = await restarting;
  onTestFinished(async () => {
    isStopping = true;
    await (await restarting).stop();
  });
  return first;
}

it('stores everything when the disk of PostgreSQL was full and is freed', async (context) => {
  const disk = smallDisk(context, 192);
  const nats = await startTestNats();
  onTestFinished(() => nats.dispose());
  const postgres = await keepPostgres(disk.folder('postgres'));
  const run = await startRun({ natsUrl: nats.url, databaseUrl: postgres.url });
  disk.fill();
  await vi.waitUntil(
    () => {
      run.publish(BATCH);
      return !run.health().up;
    },
    { timeout: 30_000, interval: 50 },
  );
  expect(run.health().reason).toMatch(/No space left on device|could not extend|PostgreSQL|database/i);
  run.publish(BATCH);
  disk.free();
  await run.until((stored) => stored.size === run.published);
  await run.untilHealth(({ up }) => up);
  expect(run.publisher.counters().droppedSamples).toBe(0);
});

it('stores everything when PostgreSQL was read-only for a while', async () => {
  const [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
  onTestFinished(async () => {
    await Promise.all([nats.dispose(), postgres.dispose()]);
  });
  const run = await startRun({ natsUrl: nats.url, databaseUrl: postgres.url });
  const administrator = new Client({ connectionString: postgres.url });
  await administrator.connect();
  const setReadOnly = async (value: 'on' | 'off') => {
    await administrator.query(`ALTER DATABASE perfwatch SET default_transaction_read_only = ${value}`);
    // Sessions take it up when they begin.
    await administrator.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
  };
  await setReadOnly('on');
  run.publish(BATCH);
  await run.untilHealth(({ reason }) => /read-only/.test(reason ?? ''));
  run.publish(BATCH);
  await setReadOnly('off');
  await run.until((stored) => stored.size === 3 * BATCH);
  await run.untilHealth(({ up }) => up);
  await administrator.end();
});

it('counts and tells what JetStream dropped when PostgreSQL was away for longer than the stream lasts', async () => {
  const [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
  onTestFinished(async () => {
    await Promise.all([nats.dispose(), postgres.dispose()]);
  });
  const run = await startRun({ natsUrl: nats.url, databaseUrl: postgres.url, stream: { maxBytes: 300_000 } });
  await postgres.kill();
  run.publish(3000);
  await vi.waitUntil(() => run.publisher.counters().queuedSamples === 0, { timeout: 30_000 });
  await postgres.restart();
  const newest = run.published - 1;
  await run.until((stored) => stored.has(newest));
  const stored = (await run.stored()) ?? new Set();
  const lost = run.published - stored.size;
  expect(lost).toBeGreaterThan(0);
  await run.untilHealth(({ reason }) => reason?.includes(`${lost} Samples were dropped`) === true);
  expect(run.health().up).toBe(true);
});

it('keeps what JetStream has no room for in the queue of the publisher, and counts what that drops', async (context) => {
  const disk = smallDisk(context, 24);
  const program = findNatsServer(process.env['PATH'] ?? '') ?? '';
  const [nats, postgres] = await Promise.all([startNatsServer({ dir: disk.folder('nats'), port: 0, program }), startTestPostgres()]);
  onTestFinished(async () => {
    await Promise.all([nats.stop(), postgres.dispose()]);
  });
  const run = await startRun({ natsUrl: nats.url, databaseUrl: postgres.url, queue: { maxBytes: 200_000 } });
  disk.fill();
  await vi.waitUntil(
    () => {
      run.publish(BATCH);
      return run.publisher.counters().droppedSamples > 0;
    },
    { timeout: 30_000, interval: 50 },
  );
  expect(run.publisher.counters().queuedSamples).toBeGreaterThan(0);
  disk.free();
  await vi.waitUntil(() => run.publisher.counters().queuedSamples === 0, { timeout: 30_000 });
  const { droppedSamples } = run.publisher.counters();
  // One that was on its way when it was dropped may have arrived all the same.
  await run.until((stored) => stored.size >= run.published - droppedSamples && stored.has(run.published - 1));
  expect(run.health()).toEqual({ up: true, reason: null });
});
