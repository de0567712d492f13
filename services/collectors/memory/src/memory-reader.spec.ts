import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostFs } from '@perfwatch/procfs';
import { fixtureHost } from '@perfwatch/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { estimateAvailableBytes } from './available-memory.ts';
import { MemoryReader } from './memory-reader.ts';

/** A reader over files below /proc that the test changes. */
function readerOf(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'perfwatch-memory-'));
  const put = (path: string, content: string) => writeFileSync(join(root, path), content);
  mkdirSync(join(root, 'self'));
  for (const [path, content] of Object.entries(files)) put(path, content);
  const fs = new HostFs({ procRoot: root, sysRoot: root, rootRoot: root });
  onTestFinished(() => {
    fs.close();
    rmSync(root, { recursive: true });
  });
  return { reader: new MemoryReader(fs), put };
}

const SMAPS = 'KernelPageSize:       16 kB\n';

describe('MemoryReader', () => {
  it('computes what free(1) shows', () => {
    const meminfo = 'MemTotal: 1000 kB\nMemAvailable: 250 kB\nMemFree: 100 kB\nCached: 60 kB\nSReclaimable: 40 kB\n';
    const { metrics } = readerOf({ meminfo, vmstat: '' }).reader.read({ elapsedMs: null });
    expect(metrics).toMatchObject({ used_bytes: 750 * 1024, usage_percent: 75, cached_bytes: 100 * 1024 });
  });

  it('counts swapped pages in the page size of the kernel, which smaps tells too', () => {
    const { reader, put } = readerOf({ meminfo: 'MemTotal: 1 kB\n', vmstat: 'pswpin 1\npswpout 1\n', 'self/smaps': SMAPS });
    expect(reader.read({ elapsedMs: null }).metrics.swap_in_bytes_per_sec).toBeNull();
    put('vmstat', 'pswpin 3\npswpout 1\n');
    expect(reader.read({ elapsedMs: 500 }).metrics).toMatchObject({ swap_in_bytes_per_sec: 65536, swap_out_bytes_per_sec: 0 });
  });

  it('says why swap rates are missing where the page size is not known', () => {
    const { metrics, unavailable } = readerOf({ meminfo: 'MemTotal: 1 kB\n', vmstat: 'pswpin 1\npswpout 1\n' }).reader.read({
      elapsedMs: null,
    });
    expect(metrics.swap_in_bytes_per_sec).toBeNull();
    expect(unavailable).toHaveProperty('swap_in_bytes_per_sec', 'The page size cannot be read from /proc/self/auxv or /proc/self/smaps');
  });

  it('knows no share of a swap that is not there', () => {
    const reader = new MemoryReader(new HostFs(fixtureHost('vm-no-swap')));
    const { metrics, unavailable, status } = reader.read({ elapsedMs: null });
    expect(metrics).toMatchObject({ swap_total_bytes: 0, swap_used_bytes: 0, swap_usage_percent: null });
    expect([unavailable, status]).toEqual([{ swap_usage_percent: 'This machine has no swap' }, 'ok']);
  });

  it('keeps the rates when meminfo cannot be read, and says so', () => {
    const { metrics, status, reason } = readerOf({ vmstat: 'oom_kill 1\n' }).reader.read({ elapsedMs: null });
    expect(metrics).not.toHaveProperty('total_bytes');
    expect(metrics).toHaveProperty('oom_kills_per_sec', null);
    expect([status, reason]).toEqual(['partial', expect.stringContaining('/meminfo does not exist on this machine')]);
  });
});

describe('estimateAvailableBytes', () => {
  const meminfo = new Map([
    ['MemFree', 1000],
    ['Active(file)', 300],
    ['Inactive(file)', 500],
    ['SReclaimable', 40],
  ]);

  it('takes the watermark from free memory, the cache and the slab, but at most half of the latter two', () => {
    expect(estimateAvailableBytes({ meminfo, minFreeBytes: 80 })).toBe(1000 - 100 + (800 - 100) + (40 - 20));
  });

  it('is 0 below the watermark, and null when a part is missing', () => {
    expect(estimateAvailableBytes({ meminfo, minFreeBytes: 100_000 })).toBe(0);
    expect(estimateAvailableBytes({ meminfo, minFreeBytes: null })).toBeNull();
    expect(estimateAvailableBytes({ meminfo: new Map([['MemFree', 1]]), minFreeBytes: 80 })).toBeNull();
  });
});
