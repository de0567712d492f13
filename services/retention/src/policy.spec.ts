import { DEFAULT_RETENTION } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { changedPolicy, cutoffs, type Cutoffs } from './policy.ts';
import { iso } from './series.ts';

const NOW_MS = Date.parse('2026-11-23T19:20:31Z');
const asTimes = (limits: Cutoffs) => Object.fromEntries(Object.entries<number>({ ...limits }).map(([key, ms]) => [key, iso(ms)]));

describe('what goes', () => {
  it('are whole days, once all of them are older than what is kept', () => {
    expect(asTimes(cutoffs(DEFAULT_RETENTION, NOW_MS))).toEqual({
      rawBeforeMs: '2026-11-16T00:00:00.000Z',
      rollUpsBeforeMs: '2026-10-24T00:00:00.000Z',
      minutesBeforeMs: '2026-10-24T00:00:00.000Z',
    });
  });

  it('are minutes as soon as raw Samples where only hours are kept', () => {
    const limits = cutoffs({ ...DEFAULT_RETENTION, downsample_interval: '1h' }, NOW_MS);
    expect(asTimes(limits)).toMatchObject({ minutesBeforeMs: '2026-11-16T00:00:00.000Z', rollUpsBeforeMs: '2026-10-24T00:00:00.000Z' });
  });
});

describe('a changed policy', () => {
  it('keeps what the change does not name', () => {
    expect(changedPolicy(DEFAULT_RETENTION, { archive_enabled: true, retention_days: undefined, dry_run: true })).toEqual({
      policy: { ...DEFAULT_RETENTION, archive_enabled: true },
      isDryRun: true,
    });
  });

  it('may not keep roll-ups for less than raw Samples', () => {
    expect(() => changedPolicy(DEFAULT_RETENTION, { downsample_after_days: 31 })).toThrow(
      'retention: retention_days must be at least downsample_after_days (31), but is 30',
    );
    expect(changedPolicy(DEFAULT_RETENTION, { downsample_after_days: 30 }).policy.downsample_after_days).toBe(30);
  });
});
