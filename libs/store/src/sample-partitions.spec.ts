import { describe, expect, it } from 'vitest';
import { partitionName, partitionStart, partitionStartOf } from './sample-partitions.ts';

describe('partitions', () => {
  it('are named by the hour they hold', () => {
    expect(partitionName(partitionStart(Date.parse('2026-11-23T19:20:31Z')))).toBe('sample_20261123_19');
    expect(partitionStartOf('sample_20261123_19')).toBe(Date.parse('2026-11-23T19:00:00Z'));
    expect(partitionStartOf('sample_old')).toBeNull();
  });
});
