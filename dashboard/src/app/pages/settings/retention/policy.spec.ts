import { DEFAULT_RETENTION, type RetentionRun } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { deletionLines, policyChange, policyFaults, runLines } from './policy.ts';

const draft = { ...DEFAULT_RETENTION };
const moment = (timeMs: number) => new Date(timeMs).toISOString().slice(0, 10);

describe('policyFaults', () => {
  it.each([
    [{ downsample_after_days: 0 }, { downsample_after_days: /1 to 3650/, retention_days: null }],
    [{ downsample_after_days: null }, { downsample_after_days: /1 to 3650/, retention_days: null }],
    [{ retention_days: 1.5 }, { downsample_after_days: null, retention_days: /1 to 3650/ }],
    [{ retention_days: 6 }, { downsample_after_days: null, retention_days: /Not shorter than raw Samples \(7 days\)/ }],
    [{ retention_days: 7 }, { downsample_after_days: null, retention_days: null }],
  ])('of %j', (typed, expected) => {
    const faults = policyFaults({ ...draft, ...typed });
    for (const field of ['downsample_after_days', 'retention_days'] as const) {
      const pattern = expected[field];
      if (pattern === null) expect(faults[field]).toBeNull();
      else expect(faults[field]).toMatch(pattern);
    }
  });
});

describe('policyChange', () => {
  it('is what differs, and nothing that may not be', () => {
    expect(policyChange(DEFAULT_RETENTION, { ...draft, retention_days: 90, archive_enabled: true })).toEqual({
      retention_days: 90,
      archive_enabled: true,
    });
    expect(policyChange(DEFAULT_RETENTION, draft)).toBeNull();
    expect(policyChange(DEFAULT_RETENTION, { ...draft, retention_days: 3 })).toBeNull();
  });
});

describe('deletionLines', () => {
  const deletion = {
    raw_samples: 0,
    raw_bytes: 0,
    rollup_segments: 0,
    rollup_bytes: 0,
    raw_before: '2026-11-18T00:00:00.000Z',
    rollups_before: '2026-10-26T00:00:00.000Z',
    archived_first: true,
  };

  it('says what goes, how much it takes and that it is archived first', () => {
    expect(deletionLines({ ...deletion, raw_samples: 12_345, raw_bytes: 2048, rollup_segments: 1, rollup_bytes: 1024 }, moment)).toEqual([
      '12,345 raw Samples from before 2026-11-18, 2.00 KiB; written to the archive first',
      '1 roll-up segment from before 2026-10-26, 1.00 KiB',
    ]);
  });

  it('says nothing when nothing goes', () => {
    expect(deletionLines(deletion, moment)).toEqual([]);
  });
});

describe('runLines', () => {
  const idle: RetentionRun = {
    started_at: '2026-11-25T05:47:59.602Z',
    finished_at: '2026-11-25T05:47:59.608Z',
    sealed_series: 0,
    sealed_samples: 0,
    late_samples_dropped: 0,
    partitions_dropped: 0,
    raw_segments_deleted: 0,
    raw_samples_deleted: 0,
    rollup_segments_deleted: 0,
    archived_files: 0,
    archived_samples: 0,
    bytes_freed: 0,
    finished: true,
    error: null,
  };

  it('says what a run did, or that there was nothing to do', () => {
    expect(runLines(idle)).toEqual(['There was nothing to do.']);
    expect(runLines({ ...idle, sealed_series: 2, sealed_samples: 7200, bytes_freed: 1024 })).toEqual([
      '2 closed hours of collectors compressed, 7,200 Samples',
      '1.00 KiB freed',
    ]);
  });
});
