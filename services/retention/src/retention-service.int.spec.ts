import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_RETENTION } from '@perfwatch/contract';
import { startTestPostgres, TEST_ACTOR } from '@perfwatch/testing';
import { describe, expect, it, vi } from 'vitest';
import { naiveRollUps } from '../test/naive-roll-ups.ts';
import { byKey, readEverything, readRollUps, storeSamples } from '../test/test-samples.ts';
import { hourOf, OLD_MS, RECENT_MS, useRetention, type Actions, type RetentionUnderTest } from '../test/use-retention.ts';
import { deleteRawDay } from './expiry/raw-days.ts';
import { cutoffs } from './policy.ts';
import { whileLocked } from './run/run-lock.ts';
import { DAY_MS, dayOf, HOUR_MS, iso } from './series.ts';

const ANCIENT_MS = OLD_MS - 40 * DAY_MS;

describe('the service retention', () => {
  let retention: RetentionUnderTest;
  useRetention(startTestPostgres, (prepared) => (retention = prepared));

  it('seals, and deletes what the policy no longer keeps: raw Samples, then roll-ups and marks', async () => {
    const [old, recent, ancient] = [hourOf(OLD_MS), hourOf(RECENT_MS), hourOf(ANCIENT_MS)];
    await retention.store.query(
      `INSERT INTO annotation (ts, end_ts, title) VALUES ($1, NULL, 'gone'), ($1, $2, 'lasts'), ($2, NULL, 'stays')`,
      [iso(ANCIENT_MS), iso(OLD_MS)],
    );
    const actions = await retention.startQuiet();
    await storeSamples(retention.store, [...old, ...recent, ...ancient]);
    const run = await actions.run({ by: TEST_ACTOR });
    expect(run).toMatchObject({
      sealed_series: 3,
      sealed_samples: 1080,
      late_samples_dropped: 0,
      raw_segments_deleted: 2,
      raw_samples_deleted: 720,
      rollup_segments_deleted: 2,
      archived_files: 0,
      finished: true,
      error: null,
    });
    await retention.store.query(`UPDATE sealing SET sealed_at = now() - interval '1 hour'`);
    const next = await actions.run({ by: TEST_ACTOR });
    expect(next).toMatchObject({ sealed_series: 0, partitions_dropped: 3, raw_segments_deleted: 0, finished: true, error: null });
    expect(run.bytes_freed + next.bytes_freed).toBeGreaterThan(10_000);
    expect(await readEverything(retention.store)).toEqual(byKey(recent));
    expect(await readRollUps(retention.store)).toEqual(naiveRollUps([...old, ...recent]));
    expect(await retention.store.query('SELECT title FROM annotation ORDER BY 1')).toEqual([{ title: 'lasts' }, { title: 'stays' }]);
    expect((await actions.get({})).last_run).toEqual(next);
    expect(readdirSync(retention.dataDir)).toEqual([]);
  });

  it('keeps only roll-ups by the hour of what is no longer raw, if told so', async () => {
    const samples = hourOf(OLD_MS);
    const actions = await retention.startQuiet();
    await retention.storeSealed(actions, samples);
    await retention.storePolicy({ downsample_interval: '1h' });
    await actions.run({ by: TEST_ACTOR });
    const hourly = [...naiveRollUps(samples)].filter(([key]) => key.includes(' 1h '));
    expect(await readRollUps(retention.store)).toEqual(new Map(hourly));
  });

  it('tells what is on disk, by tier and host', async () => {
    const actions = await retention.startQuiet();
    await retention.storeSealed(actions, [...hourOf(RECENT_MS), ...hourOf(RECENT_MS, { host: 'web-2' })]);
    const thisHour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    await storeSamples(retention.store, hourOf(thisHour).slice(0, 5));
    await actions.run({ by: TEST_ACTOR });
    const reply = await actions.get({});
    const bytes = Object.fromEntries(reply.tiers.map((tier) => [tier.tier, tier.bytes]));
    expect(Object.values(bytes).every((size) => size > 0)).toBe(true);
    expect(reply.bytes).toBe(Object.values(bytes).reduce((sum, size) => sum + size, 0));
    expect(reply.tiers.find(({ tier }) => tier === 'raw')).toMatchObject({
      numbers: 1440,
      oldest: iso(RECENT_MS),
      newest: iso(RECENT_MS + 3590_000),
    });
    expect(reply.bytes_per_number).toBeCloseTo(reply.bytes / 1440, 2);
    expect(reply).toMatchObject({ oldest_sample: iso(RECENT_MS), newest_sample: iso(thisHour + 40_000), archive: { files: 0, bytes: 0 } });
    expect(reply.hosts.map(({ host, newest_sample }) => [host, newest_sample])).toEqual([
      ['web-1', iso(thisHour + 40_000)],
      ['web-2', iso(RECENT_MS + 3590_000)],
    ]);
    expect((reply.hosts[0]?.bytes['raw'] ?? 0) + (reply.hosts[1]?.bytes['raw'] ?? 0)).toBeCloseTo(bytes['raw'] ?? 0, -1);
  });

  it('says what a shorter policy would delete before it is stored, and deletes nothing for ten minutes after that', async () => {
    const actions = await retention.startQuiet();
    await retention.storeSealed(actions, hourOf(RECENT_MS));
    const shorter = { downsample_after_days: 1, retention_days: 1 };
    const dry = await actions.update({ ...shorter, dry_run: true, by: TEST_ACTOR });
    expect(dry).toMatchObject({ ...shorter, will_delete: { raw_samples: 360, rollup_segments: 2, archived_first: false } });
    expect(await actions.get({})).toMatchObject({ downsample_after_days: 7, will_delete: { raw_samples: 0, rollup_segments: 0 } });
    expect(retention.broadcasts).toEqual([]);
    const changed = await actions.update({ ...shorter, by: TEST_ACTOR });
    expect(retention.broadcasts).toMatchObject([{ event: 'retention.changed', payload: shorter }]);
    const told = await retention.store.auditEvents.list({ limit: 10 });
    expect(told.filter(({ action }) => action === 'retention_changed')).toMatchObject([
      { actor: { username: TEST_ACTOR.username }, address: TEST_ACTOR.address, details: shorter },
    ]);
    expect(changed).toMatchObject({ ...shorter, downsample_interval: '1m', will_delete: { raw_samples: 360, rollup_segments: 2 } });
    await retention.store.query(`UPDATE retention_run SET started_at = now() - interval '2 hours'`);
    const inMinutes = (time: string) => (Date.parse(time) - Date.now()) / 60_000;
    expect(inMinutes((await actions.get({})).next_run)).toBeCloseTo(10, 0);
    await retention.start();
    expect(await retention.store.query('SELECT 1 FROM raw_segment')).toHaveLength(1);
    expect(await actions.run({ by: TEST_ACTOR })).toMatchObject({ raw_samples_deleted: 360, rollup_segments_deleted: 2 });
    const [last] = await retention.store.auditEvents.list({ limit: 1 });
    expect(last).toMatchObject({
      action: 'retention_run',
      actor: { username: TEST_ACTOR.username },
      details: { raw_samples_deleted: 360 },
    });
  });

  it.each([
    [{ downsample_after_days: 0 }, 'downsample_after_days'],
    [{ retention_days: 3 }, 'retention_days'],
    [{ downsample_after_days: 31 }, 'retention_days'],
    [{ downsample_interval: '5m' }, 'downsample_interval'],
    [{ dry_run: true }, ''],
    [{ days: 1 }, ''],
  ])('refuses %j', async (update, path) => {
    const { actions } = await retention.start();
    const refused = actions.update({ ...update, by: TEST_ACTOR } as Parameters<Actions['update']>[0]);
    await expect(refused).rejects.toMatchObject({
      code: 'bad_input',
      issues: expect.arrayContaining([{ path, message: expect.any(String) }]),
    });
    expect(await retention.store.query('SELECT 1 FROM setting')).toEqual([]);
  });

  it('runs once at a time', async () => {
    const actions = await retention.startQuiet();
    await whileLocked(retention.store, async () => {
      await expect(actions.run({ by: TEST_ACTOR })).rejects.toMatchObject({ code: 'conflict' });
    });
    expect(await actions.run({ by: TEST_ACTOR })).toMatchObject({ finished: true });
    const together = await Promise.allSettled([
      actions.run({ by: TEST_ACTOR }),
      actions.run({ by: TEST_ACTOR }),
      actions.run({ by: TEST_ACTOR }),
    ]);
    expect(together.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(together[1]).toMatchObject({ reason: { code: 'conflict' } });
  });

  it('lets raw Samples wait for rows of their day that are still to be sealed', async () => {
    const { store } = retention;
    const actions = await retention.startQuiet();
    await retention.storePolicy({ downsample_after_days: 30 });
    const [late, ...day] = hourOf(OLD_MS);
    if (late === undefined) throw new Error('an hour has Samples');
    await retention.storeSealed(actions, day);
    await storeSamples(store, [late]);
    const expired = { limits: cutoffs(DEFAULT_RETENTION, Date.now()), archived: null };
    const rawDay = { host: late.host, collector: late.collector, dayMs: dayOf(OLD_MS) };
    expect(await deleteRawDay(store, { ...expired, day: rawDay })).toBeNull();
    expect(await actions.run({ by: TEST_ACTOR })).toMatchObject({ sealed_samples: 1 });
    expect(await deleteRawDay(store, { ...expired, day: rawDay })).toMatchObject({ samples: 360 });
    expect(await readRollUps(store)).toEqual(naiveRollUps([late, ...day]));
  });

  it('lets raw Samples of a collector go whatever keeps another from being sealed', async () => {
    const { store } = retention;
    const actions = await retention.startQuiet();
    await retention.storeSealed(actions, [...hourOf(OLD_MS), ...hourOf(OLD_MS, { host: 'web-2' })]);
    await store.query(`UPDATE raw_segment SET data = 'damaged' WHERE host = 'web-1'`);
    await storeSamples(store, [{ host: 'web-1', collector: 'cpu', tsMs: OLD_MS + 1, metrics: {} }]);
    const run = await actions.run({ by: TEST_ACTOR });
    expect(run).toMatchObject({ raw_samples_deleted: 360, finished: false, error: expect.stringContaining('could not be sealed') });
    expect(await store.query('SELECT host FROM raw_segment')).toEqual([{ host: 'web-1' }]);
  });

  it('says once in the log that the archive cannot be read, and tells the rest', async () => {
    const actions = await retention.startQuiet();
    const day = join(retention.dataDir, 'archive', iso(OLD_MS).slice(0, 10));
    mkdirSync(day, { recursive: true });
    writeFileSync(join(day, 'manifest.json'), '{}');
    const error = vi.spyOn(retention.log, 'error');
    expect(await actions.get({})).toMatchObject({ archive: null, tiers: expect.any(Array) });
    await actions.run({ by: TEST_ACTOR });
    expect(await actions.get({})).toMatchObject({ archive: null });
    expect(error.mock.calls).toEqual([[{ err: expect.any(Error) }, 'the archive cannot be read']]);
    error.mockRestore();
  });

  it('takes nothing that comes after the raw Samples of its hour have gone', async () => {
    const actions = await retention.startQuiet();
    const day = hourOf(OLD_MS);
    await storeSamples(retention.store, day);
    expect(await actions.run({ by: TEST_ACTOR })).toMatchObject({ sealed_samples: 360, raw_samples_deleted: 360 });
    await retention.store.query(`UPDATE sealing SET sealed_at = now() - interval '1 hour'`);
    expect(await actions.run({ by: TEST_ACTOR })).toMatchObject({ partitions_dropped: 1 });
    await storeSamples(retention.store, hourOf(OLD_MS).slice(0, 4));
    await storeSamples(retention.store, hourOf(OLD_MS, { host: 'web-2' }).slice(0, 1));
    const warn = vi.spyOn(retention.log, 'warn');
    expect(await actions.run({ by: TEST_ACTOR })).toMatchObject({ sealed_samples: 1, late_samples_dropped: 4, finished: true });
    expect(warn.mock.calls).toEqual([[{ samples: 4 }, 'Samples came after the raw ones of their hours had expired: left out']]);
    warn.mockRestore();
    expect(await readRollUps(retention.store)).toEqual(naiveRollUps([...day, ...hourOf(OLD_MS, { host: 'web-2' }).slice(0, 1)]));
  });

  it('starts and ends while the database is away, and says so', async () => {
    await retention.startQuiet();
    await retention.postgres.stop();
    const service = await retention.start();
    await expect.poll(() => service.health?.().up).toBe(false);
    await service.stop();
    await retention.postgres.restart();
    await expect
      .poll(() =>
        retention.store.ping().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
  });
});
