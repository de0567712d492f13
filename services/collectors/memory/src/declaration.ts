import type { MetricValue } from '@perfwatch/contract';
import type { MetricDeclaration, MetricDeclarations } from '@perfwatch/service-kit';

const bytes = (title: string, help: string, source: string) =>
  ({ title, unit: 'bytes', kind: 'gauge', help, source: `/proc/meminfo ${source}, proc_meminfo(5)` }) as const satisfies MetricDeclaration;
const count = (title: string, help: string, source: string) =>
  ({ title, unit: 'count', kind: 'gauge', help, source: `/proc/meminfo ${source}, proc_meminfo(5)` }) as const satisfies MetricDeclaration;
const percent = (title: string, help: string, source: string) =>
  ({
    title,
    unit: 'percent',
    kind: 'gauge',
    help,
    source: `/proc/meminfo ${source}, proc_meminfo(5)`,
  }) as const satisfies MetricDeclaration;

export const METRICS = {
  total_bytes: bytes('Total', 'Memory the kernel has to give', 'MemTotal'),
  used_bytes: bytes('Used', 'total - available, as free(1) of procps 4', 'MemTotal, MemAvailable'),
  free_bytes: bytes('Free', 'Used for nothing, not even as cache', 'MemFree'),
  available_bytes: bytes(
    'Available',
    'What new programs can have without swapping. Kernels before 3.14 do not tell: it is estimated as later ones do',
    'MemAvailable',
  ),
  usage_percent: percent('Used', '(total - available) / total', 'MemTotal, MemAvailable'),
  buffers_bytes: bytes('Buffers', 'Cache of raw disk blocks', 'Buffers'),
  cached_bytes: bytes('Cached', 'Cache of files, with reclaimable slab, as free(1)', 'Cached + SReclaimable'),
  shared_bytes: bytes('Shared', 'tmpfs and shared memory; part of the cache', 'Shmem'),
  slab_bytes: bytes('Slab', 'The data structures of the kernel', 'Slab'),
  dirty_bytes: bytes('Dirty', 'Waits to be written to disk', 'Dirty'),
  writeback_bytes: bytes('Writeback', 'Is being written to disk', 'Writeback'),
  anon_bytes: bytes('Anonymous', "Programs' own data: heaps and stacks", 'AnonPages'),
  mapped_bytes: bytes('Mapped', 'Files mapped by programs, such as libraries', 'Mapped'),
  page_tables_bytes: bytes('Page tables', 'What maps virtual to physical memory', 'PageTables'),
  committed_bytes: bytes('Committed', 'What programs have been promised, used or not', 'Committed_AS'),
  commit_limit_bytes: bytes('Commit limit', 'What can be promised where overcommit is off (vm.overcommit_memory = 2)', 'CommitLimit'),
  swap_total_bytes: bytes('Swap, total', 'All swap areas together', 'SwapTotal'),
  swap_used_bytes: bytes('Swap, used', 'total - free', 'SwapTotal, SwapFree'),
  swap_free_bytes: bytes('Swap, free', 'Unused swap', 'SwapFree'),
  swap_usage_percent: percent('Swap used', 'used / total. Null where there is no swap', 'SwapTotal, SwapFree'),
  swap_in_bytes_per_sec: {
    title: 'Swapped in',
    unit: 'bytes_per_sec',
    kind: 'rate',
    help: 'Read back from swap',
    source: '/proc/vmstat pswpin, in pages of this kernel',
  },
  swap_out_bytes_per_sec: {
    title: 'Swapped out',
    unit: 'bytes_per_sec',
    kind: 'rate',
    help: 'Written to swap',
    source: '/proc/vmstat pswpout, in pages of this kernel',
  },
  hugepages_total_count: count('Huge pages', 'Pool of huge pages of the default size', 'HugePages_Total'),
  hugepages_free_count: count('Huge pages, free', 'Of the pool, not handed out', 'HugePages_Free'),
  hugepages_reserved_count: count('Huge pages, reserved', 'Promised, but not handed out yet', 'HugePages_Rsvd'),
  oom_kills_per_sec: {
    title: 'Killed for memory',
    unit: 'per_sec',
    kind: 'rate',
    help: 'Processes that the kernel ended because memory ran out. Kernels before 4.13 do not count them',
    source: '/proc/vmstat oom_kill',
  },
} as const satisfies MetricDeclarations;

export type MemoryMetrics = { -readonly [Name in keyof typeof METRICS]?: MetricValue };
