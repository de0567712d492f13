import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { sampleSchema } from '@perfwatch/contract';
import { startTestPostgres, TEST_ACTOR } from '@perfwatch/testing';
import { describe, expect, it } from 'vitest';
import { naiveRollUps } from '../../test/naive-roll-ups.ts';
import { byKey, readEverything, readRollUps } from '../../test/test-samples.ts';
import { hourOf, OLD_MS, useRetention, type RetentionUnderTest } from '../../test/use-retention.ts';
import { DAY_MS, HOUR_MS, iso } from '../series.ts';
import { readManifests } from './archive-files.ts';
import { restoreArchive, type RestoredFile } from './restore-archive.ts';

describe('the archive', () => {
  let retention: RetentionUnderTest;
  useRetention(startTestPostgres, (prepared) => (retention = prepared));

  const archivedText = (day: string, host: string, collector: string) =>
    zstdDecompressSync(readFileSync(join(retention.dataDir, 'archive', day, host, `${collector}.ndjson.zst`))).toString();

  const restore = async (change: { host?: string; collector?: string } = {}) => {
    const files: RestoredFile[] = [];
    const request = {
      dataDir: retention.dataDir,
      day: iso(OLD_MS).slice(0, 10),
      host: change.host ?? null,
      collector: change.collector ?? null,
      keptDays: 7,
    };
    await restoreArchive(retention.store, request, (file) => files.push(file));
    return files;
  };

  it('archives before it deletes, and restores from it what it archived', async () => {
    const samples = [...hourOf(OLD_MS), ...hourOf(OLD_MS + HOUR_MS), ...hourOf(OLD_MS, { host: 'web-2', collector: 'disk' })];
    const actions = await retention.startQuiet();
    await retention.storePolicy({ archive_enabled: true });
    await retention.storeSealed(actions, samples);
    expect(await actions.run({ by: TEST_ACTOR })).toMatchObject({
      archived_files: 2,
      archived_samples: 1080,
      raw_samples_deleted: 1080,
      error: null,
    });
    expect(await readEverything(retention.store)).toEqual(new Map());
    const day = iso(OLD_MS).slice(0, 10);
    const lines = archivedText(day, 'web-1', 'cpu').trimEnd().split('\n');
    expect(lines.map((line) => sampleSchema.parse(JSON.parse(line)).ts)).toEqual(samples.slice(0, 720).map(({ tsMs }) => iso(tsMs)));
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      ...{ host: 'web-1', collector: 'cpu', ts: iso(OLD_MS), run: 'run1', seq: OLD_MS / 1000, interval_ms: 1000, elapsed_ms: 1000.25 },
      ...{ status: 'ok', reason: null, metrics: samples[0]?.metrics },
    });
    const [manifest] = await readManifests(retention.dataDir);
    expect(manifest?.files).toMatchObject([
      { host: 'web-1', collector: 'cpu', samples: 720, first: iso(OLD_MS), last: iso(OLD_MS + HOUR_MS + 3590_000) },
      { host: 'web-2', collector: 'disk', samples: 360 },
    ]);
    expect((await actions.get({})).archive).toMatchObject({ files: 2 });

    expect(await restore({ host: 'web-1' })).toMatchObject([{ host: 'web-1', collector: 'cpu', hours: 2, samples: 720, hoursPresent: 0 }]);
    expect(await restore()).toMatchObject([
      { hours: 0, hoursPresent: 2 },
      { host: 'web-2', hours: 1, samples: 360 },
    ]);
    expect(await readEverything(retention.store)).toEqual(byKey(samples));
    expect(await readRollUps(retention.store)).toEqual(naiveRollUps(samples));
    await expect(restore({ host: 'web-3' })).rejects.toThrow(`Nothing of web-3 is archived for ${day}`);
  });

  it('lets what was restored stay until its time is over, roll-ups included, and archives it no worse than before', async () => {
    const samples = [...hourOf(OLD_MS), ...hourOf(OLD_MS + HOUR_MS)];
    const actions = await retention.startQuiet();
    await retention.storePolicy({ archive_enabled: true });
    await retention.storeSealed(actions, samples);
    await actions.run({ by: TEST_ACTOR });
    await retention.storePolicy({ archive_enabled: true, downsample_after_days: 1, retention_days: 1 });
    await actions.run({ by: TEST_ACTOR });
    expect(await readRollUps(retention.store)).toEqual(new Map());
    await restore();
    expect(await actions.run({ by: TEST_ACTOR })).toMatchObject({ raw_segments_deleted: 0, rollup_segments_deleted: 0 });
    expect(await readRollUps(retention.store)).toEqual(naiveRollUps(samples));
    const day = iso(OLD_MS).slice(0, 10);
    const before = archivedText(day, 'web-1', 'cpu');
    await retention.store.query(`UPDATE raw_segment SET kept_until = now() - interval '1 second'`);
    await retention.store.query('DELETE FROM raw_segment WHERE start_ts = $1', [iso(OLD_MS)]);
    expect(await actions.run({ by: TEST_ACTOR })).toMatchObject({ raw_segments_deleted: 1, rollup_segments_deleted: 3 });
    expect(archivedText(day, 'web-1', 'cpu')).toBe(before);
  });

  it('refuses to restore a file that is not what its manifest says', async () => {
    const actions = await retention.startQuiet();
    await retention.storePolicy({ archive_enabled: true });
    await retention.storeSealed(actions, hourOf(OLD_MS));
    await actions.run({ by: TEST_ACTOR });
    const path = join(retention.dataDir, 'archive', iso(OLD_MS).slice(0, 10), 'web-1', 'cpu.ndjson.zst');
    writeFileSync(path, readFileSync(path).subarray(0, -10));
    await expect(restore()).rejects.toThrow(/is damaged: its SHA-256 is not the one in manifest.json/);
    expect(await readEverything(retention.store)).toEqual(new Map());
    rmSync(path);
    await expect(restore()).rejects.toThrow(/is in the manifest, but is not there/);
  });

  it('drops nothing raw while the archive cannot be written, and says so', async () => {
    const samples = hourOf(OLD_MS);
    const { actions, health } = await retention.start();
    await expect.poll(() => retention.store.query('SELECT 1 FROM retention_run')).toHaveLength(1);
    await retention.storePolicy({ archive_enabled: true });
    await retention.storeSealed(actions, samples);
    writeFileSync(join(retention.dataDir, 'archive'), 'in the way');
    expect(await actions.run({ by: TEST_ACTOR })).toMatchObject({
      raw_samples_deleted: 0,
      archived_files: 0,
      error: expect.stringMatching(/^The archive .*archive cannot be written: (EEXIST|ENOTDIR)/),
    });
    expect(health?.()).toEqual({ up: false, reason: 'The archive cannot be written; the log and the last run say why' });
    expect(await readEverything(retention.store)).toEqual(byKey(samples));
    expect(Date.parse((await actions.get({})).next_run) - Date.now()).toBeLessThan(6 * 60_000);
    rmSync(join(retention.dataDir, 'archive'));
    expect(await actions.run({ by: TEST_ACTOR })).toMatchObject({ raw_samples_deleted: 360, archived_files: 1, error: null });
    expect(health?.()).toEqual({ up: true, reason: null });
  });

  it('leaves what cannot be read where it is, says so, and archives the rest', async () => {
    const others = [...hourOf(OLD_MS), ...hourOf(OLD_MS, { host: 'web-3', collector: 'disk' })];
    const actions = await retention.startQuiet();
    await retention.storePolicy({ archive_enabled: true });
    await retention.storeSealed(actions, [...others, ...hourOf(OLD_MS, { host: 'web-2', collector: 'disk' })]);
    await retention.store.query(`UPDATE raw_segment SET data = 'damaged' WHERE host = 'web-2'`);
    const run = await actions.run({ by: TEST_ACTOR });
    expect(run).toMatchObject({ archived_files: 2, archived_samples: 720, raw_samples_deleted: 720, finished: false });
    expect(run.error).toMatch(/^disk of web-2, \d{4}-\d\d-\d\d, stays: /);
    expect(await retention.store.query('SELECT host FROM raw_segment')).toEqual([{ host: 'web-2' }]);
  });

  it('goes on after a crash between archiving and deleting', async () => {
    const actions = await retention.startQuiet();
    await retention.storePolicy({ archive_enabled: true });
    await retention.storeSealed(actions, hourOf(OLD_MS));
    const segments = await retention.store.query<{ data: Buffer }>('SELECT * FROM raw_segment');
    await actions.run({ by: TEST_ACTOR });
    const before = archivedText(iso(OLD_MS).slice(0, 10), 'web-1', 'cpu');
    for (const row of segments) {
      await retention.store.query(`INSERT INTO raw_segment SELECT * FROM json_populate_record(NULL::raw_segment, $1::json)`, [
        JSON.stringify({ ...row, data: `\\x${row.data.toString('hex')}` }),
      ]);
    }
    expect(await actions.run({ by: TEST_ACTOR })).toMatchObject({ archived_files: 1, archived_samples: 0, raw_samples_deleted: 360 });
    expect(archivedText(iso(OLD_MS).slice(0, 10), 'web-1', 'cpu')).toBe(before);
  });

  it('counts of a day that is archived in parts what is new', async () => {
    const actions = await retention.startQuiet();
    await retention.storePolicy({ archive_enabled: true });
    await retention.storeSealed(actions, hourOf(OLD_MS));
    expect(await actions.run({ by: TEST_ACTOR })).toMatchObject({ archived_samples: 360 });
    await retention.storeSealed(actions, hourOf(OLD_MS + HOUR_MS));
    expect(await actions.run({ by: TEST_ACTOR })).toMatchObject({ archived_files: 1, archived_samples: 360 });
    expect((await readManifests(retention.dataDir))[0]?.files).toMatchObject([{ samples: 720 }]);
  });

  it('holds what its manifest says after a crash between the two', async () => {
    const actions = await retention.startQuiet();
    await retention.storePolicy({ archive_enabled: true });
    const path = join(retention.dataDir, 'archive', iso(OLD_MS).slice(0, 10), 'web-1', 'cpu.ndjson.zst');
    await retention.storeSealed(actions, hourOf(OLD_MS));
    await actions.run({ by: TEST_ACTOR });
    const first = readFileSync(path);
    await retention.storeSealed(actions, hourOf(OLD_MS + HOUR_MS));
    await actions.run({ by: TEST_ACTOR });
    const second = readFileSync(path);
    renameSync(path, `${path}.new`);
    writeFileSync(path, first);
    expect(await restore()).toMatchObject([{ hours: 2, samples: 720 }]);
    await retention.storeSealed(actions, hourOf(OLD_MS + 2 * HOUR_MS));
    await retention.store.query('UPDATE raw_segment SET kept_until = NULL WHERE hour = $1', [iso(OLD_MS + 2 * HOUR_MS)]);
    expect(await actions.run({ by: TEST_ACTOR })).toMatchObject({ archived_samples: 360, error: null });
    expect(existsSync(`${path}.new`)).toBe(false);
    const [file] = (await readManifests(retention.dataDir))[0]?.files ?? [];
    expect(file).toMatchObject({ samples: 1080, sha256: createHash('sha256').update(readFileSync(path)).digest('hex') });
    expect(archivedText(iso(OLD_MS).slice(0, 10), 'web-1', 'cpu')).toContain(zstdDecompressSync(second).toString());
  });

  it('leaves a day whose manifest or file is damaged as it is, and archives the others', async () => {
    const dayOfDamage = OLD_MS - DAY_MS;
    const directory = join(retention.dataDir, 'archive', iso(dayOfDamage).slice(0, 10));
    const { actions, health } = await retention.start();
    await expect.poll(() => retention.store.query('SELECT 1 FROM retention_run')).toHaveLength(1);
    await retention.storePolicy({ archive_enabled: true });
    await retention.storeSealed(actions, hourOf(dayOfDamage));
    await actions.run({ by: TEST_ACTOR });
    const damages = [
      { path: join(directory, 'manifest.json'), message: /^cpu of web-1, .*, stays: .*manifest.json cannot be read/ },
      { path: join(directory, 'web-1', 'cpu.ndjson.zst'), message: /^cpu of web-1, .*, stays: .*cpu.ndjson.zst cannot be read/ },
    ];
    for (const [index, { path, message }] of damages.entries()) {
      const whole = readFileSync(path);
      writeFileSync(path, 'damaged');
      await retention.storeSealed(actions, [...hourOf(dayOfDamage + (index + 1) * HOUR_MS), ...hourOf(OLD_MS, { host: `web-${index}` })]);
      const run = await actions.run({ by: TEST_ACTOR });
      expect(run).toMatchObject({ archived_files: 1, archived_samples: 360, raw_samples_deleted: 360, finished: false });
      expect(run.error).toMatch(message);
      expect(health?.()).toEqual({ up: false, reason: 'Some raw Samples cannot be archived; the log and the last run say which' });
      writeFileSync(path, whole);
      expect(await actions.run({ by: TEST_ACTOR })).toMatchObject({
        archived_files: 1,
        archived_samples: 360,
        finished: true,
        error: null,
      });
      expect(health?.()).toEqual({ up: true, reason: null });
    }
  });

  it('restores instances whose names have what ends lines elsewhere', async () => {
    const samples = hourOf(OLD_MS).map((sample) => ({ ...sample, metrics: { mount: { '/m\u2028x': { used_percent: 5 } } } }));
    const actions = await retention.startQuiet();
    await retention.storePolicy({ archive_enabled: true });
    await retention.storeSealed(actions, samples);
    expect(await actions.run({ by: TEST_ACTOR })).toMatchObject({ archived_samples: 360, error: null });
    expect(await restore()).toMatchObject([{ samples: 360 }]);
    expect(await readEverything(retention.store)).toEqual(byKey(samples));
  });

  it('keeps the archive to its owner', async () => {
    const actions = await retention.startQuiet();
    await retention.storePolicy({ archive_enabled: true });
    await retention.storeSealed(actions, hourOf(OLD_MS));
    await actions.run({ by: TEST_ACTOR });
    const day = join(retention.dataDir, 'archive', iso(OLD_MS).slice(0, 10));
    const modes = [join(retention.dataDir, 'archive'), join(day, 'manifest.json'), join(day, 'web-1', 'cpu.ndjson.zst')].map(
      (path) => statSync(path).mode & 0o077,
    );
    expect(modes).toEqual([0, 0, 0]);
  });
});
