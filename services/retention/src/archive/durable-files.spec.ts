import { describe, expect, it } from 'vitest';
import { directoriesUpTo } from './durable-files.ts';

describe('directories that are brought to disk', () => {
  it('are those of the files and all above them up to the data directory, once each, deepest first', () => {
    const paths = ['/data/archive/2026-11-23/web-1/cpu.ndjson.zst', '/data/archive/2026-11-23/web-1/disk.ndjson.zst'];
    expect(directoriesUpTo(paths, '/data')).toEqual([
      '/data/archive/2026-11-23/web-1',
      '/data/archive/2026-11-23',
      '/data/archive',
      '/data',
    ]);
  });
});
