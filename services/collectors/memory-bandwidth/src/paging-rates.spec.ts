import { describe, expect, it, onTestFinished } from 'vitest';
import type { MemoryBandwidthMetrics } from './declaration.ts';
import { machineOfFiles } from '../test/machine-of-files.ts';
import { PagingRates } from './paging-rates.ts';

const SMAPS = 'KernelPageSize:       16 kB\n';
const vmstat = (counters: Readonly<Record<string, number>>) =>
  Object.entries(counters)
    .map(([name, count]) => `${name} ${count}\n`)
    .join('');

/** Two looks at /proc/vmstat, half a second apart. */
function readTwice(before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>, smaps: string | null = SMAPS) {
  const { fs, put, dispose } = machineOfFiles({ 'proc/vmstat': vmstat(before), ...(smaps === null ? {} : { 'proc/self/smaps': smaps }) });
  onTestFinished(dispose);
  const rates = new PagingRates(fs);
  const first: MemoryBandwidthMetrics = {};
  rates.read(first, null);
  put('proc/vmstat', vmstat(after));
  const second: MemoryBandwidthMetrics = {};
  rates.read(second, 500);
  return { first, second, lacking: rates.lacking };
}

describe('PagingRates', () => {
  it('counts pgpgin and pgpgout in KiB, whatever the page size is', () => {
    const { first, second } = readTwice({ pgpgin: 100, pgpgout: 50 }, { pgpgin: 104, pgpgout: 51 });
    expect(first).toMatchObject({ page_in_bytes_per_sec: null, page_io_bytes_per_sec: null });
    expect(second).toMatchObject({ page_in_bytes_per_sec: 8192, page_out_bytes_per_sec: 2048, page_io_bytes_per_sec: 10_240 });
  });

  it('counts swapping in pages, and its bytes in the page size of the kernel', () => {
    const { second } = readTwice({ pswpin: 7, pswpout: 1 }, { pswpin: 9, pswpout: 2 });
    expect(second).toMatchObject({ swap_in_pages_per_sec: 4, swap_out_pages_per_sec: 2, swap_io_bytes_per_sec: 6 * 16_384 });
  });

  it('adds up who reclaims, and counts no page twice', () => {
    const zero = { pgscan_kswapd: 0, pgscan_direct: 0, pgscan_khugepaged: 0, pgscan_proactive: 0, pgsteal_kswapd: 0, pgsteal_direct: 0 };
    const twice = { pgscan_anon: 0, pgscan_file: 0, pgscan_direct_throttle: 0, pgsteal_anon: 0, pgsteal_file: 0 };
    const { second } = readTwice(
      { ...zero, ...twice },
      {
        ...{ pgscan_kswapd: 1, pgscan_direct: 20, pgscan_khugepaged: 300, pgscan_proactive: 4000, pgsteal_kswapd: 5, pgsteal_direct: 60 },
        ...{ pgscan_anon: 4000, pgscan_file: 321, pgscan_direct_throttle: 9, pgsteal_anon: 60, pgsteal_file: 5 },
      },
    );
    expect(second).toMatchObject({ pages_scanned_per_sec: 8642, pages_reclaimed_per_sec: 130 });
  });

  it('adds up the zones of older kernels', () => {
    const { second } = readTwice(
      { pgscan_kswapd_dma32: 0, pgscan_kswapd_normal: 0, pgscan_direct_normal: 0, pgsteal_dma32: 0, pgsteal_normal: 0 },
      { pgscan_kswapd_dma32: 1, pgscan_kswapd_normal: 2, pgscan_direct_normal: 4, pgsteal_dma32: 1, pgsteal_normal: 1 },
    );
    expect(second).toMatchObject({ pages_scanned_per_sec: 14, pages_reclaimed_per_sec: 4 });
  });

  it('knows no sum at a tick when one of its counters fell', () => {
    const { second } = readTwice({ pgpgin: 9, pgpgout: 9, pgfault: 1 }, { pgpgin: 1, pgpgout: 10, pgfault: 2 });
    expect(second).toMatchObject({ page_in_bytes_per_sec: null, page_out_bytes_per_sec: 2048, page_io_bytes_per_sec: null });
    expect(second).toMatchObject({ page_faults_per_sec: 2 });
  });

  it('says what a kernel does not count', () => {
    const { second, lacking } = readTwice({ pgpgin: 1, pgfault: 1 }, { pgpgin: 2, pgfault: 2 });
    expect(second).toMatchObject({ page_in_bytes_per_sec: 2048, page_io_bytes_per_sec: null, swap_io_bytes_per_sec: null });
    expect(lacking).toEqual({
      page_out_bytes_per_sec: 'This kernel does not count pgpgout in /proc/vmstat',
      page_io_bytes_per_sec: 'This kernel does not count pgpgout in /proc/vmstat',
      swap_in_pages_per_sec: 'This kernel does not count pswpin in /proc/vmstat: it has no swap',
      swap_out_pages_per_sec: 'This kernel does not count pswpout in /proc/vmstat: it has no swap',
      swap_io_bytes_per_sec: 'This kernel does not count pswpin in /proc/vmstat: it has no swap',
      major_page_faults_per_sec: 'This kernel does not count pgmajfault in /proc/vmstat',
      pages_scanned_per_sec: 'This kernel does not count pgscan_* in /proc/vmstat',
      pages_reclaimed_per_sec: 'This kernel does not count pgsteal_* in /proc/vmstat',
    });
  });

  it('knows pages, but no bytes, of swap where the page size is not known', () => {
    const { second, lacking } = readTwice({ pswpin: 7, pswpout: 1 }, { pswpin: 9, pswpout: 2 }, null);
    expect(second).toMatchObject({ swap_in_pages_per_sec: 4, swap_io_bytes_per_sec: null });
    expect(lacking.swap_io_bytes_per_sec).toContain('The page size cannot be read');
  });
});
