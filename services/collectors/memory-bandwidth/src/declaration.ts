import type { DeclaredMetrics, DimensionDeclarations, MetricDeclaration, MetricDeclarations } from '@perfwatch/service-kit';

const VMSTAT = 'proc_vmstat(5)';
const rate = (title: string, help: string, source: string) =>
  ({ title, unit: 'per_sec', kind: 'rate', help, source }) as const satisfies MetricDeclaration;
const bytesRate = (title: string, help: string, source: string) =>
  ({ title, unit: 'bytes_per_sec', kind: 'rate', help, source }) as const satisfies MetricDeclaration;

const DRAM_SOURCE = 'PMUs of the memory controllers in /sys/bus/event_source/devices';

export const METRICS = {
  page_in_bytes_per_sec: bytesRate('Paged in', 'Read from block devices, files and swap alike', `/proc/vmstat pgpgin, ${VMSTAT}`),
  page_out_bytes_per_sec: bytesRate('Paged out', 'Written to block devices, files and swap alike', `/proc/vmstat pgpgout, ${VMSTAT}`),
  page_io_bytes_per_sec: bytesRate('Paged', 'in + out', `/proc/vmstat pgpgin + pgpgout, ${VMSTAT}`),
  swap_in_pages_per_sec: rate('Swapped in', 'Pages read back from swap', `/proc/vmstat pswpin, ${VMSTAT}`),
  swap_out_pages_per_sec: rate('Swapped out', 'Pages written to swap', `/proc/vmstat pswpout, ${VMSTAT}`),
  swap_io_bytes_per_sec: bytesRate('Swapped', 'in + out, in pages of this kernel', `/proc/vmstat pswpin + pswpout, ${VMSTAT}`),
  page_faults_per_sec: rate(
    'Page faults',
    'A program touched a page that was not mapped; most need no I/O',
    `/proc/vmstat pgfault, ${VMSTAT}`,
  ),
  major_page_faults_per_sec: rate('Major page faults', 'Those that had to wait for I/O', `/proc/vmstat pgmajfault, ${VMSTAT}`),
  pages_scanned_per_sec: rate(
    'Pages scanned',
    'Looked at by reclaim, whoever had it done: memory is wanted',
    `/proc/vmstat pgscan_{kswapd,direct,khugepaged,proactive}, ${VMSTAT}`,
  ),
  pages_reclaimed_per_sec: rate(
    'Pages reclaimed',
    'Freed by reclaim; few of many scanned means that memory is short',
    `/proc/vmstat pgsteal_{kswapd,direct,khugepaged,proactive}, ${VMSTAT}`,
  ),
  dram_read_bytes_per_sec: bytesRate('DRAM read', 'Read from memory by CPUs and devices, caches left out', DRAM_SOURCE),
  dram_write_bytes_per_sec: bytesRate('DRAM written', 'Written to memory by CPUs and devices', DRAM_SOURCE),
  dram_total_bytes_per_sec: bytesRate(
    'DRAM total',
    'read + written; where the machine does not tell them apart, what it counts of both',
    `${DRAM_SOURCE}, else mbm_total_bytes in /sys/fs/resctrl`,
  ),
  dram_usage_percent: {
    title: 'DRAM used',
    unit: 'percent',
    kind: 'rate',
    help: 'total / PERFWATCH_MEMORY_BANDWIDTH_BYTES_PER_SEC. A total above that counts as 100 %: the value is then set too low',
    source: 'PERFWATCH_MEMORY_BANDWIDTH_BYTES_PER_SEC',
  },
} as const satisfies MetricDeclarations;

export const DIMENSIONS = {
  node: {
    title: 'NUMA node',
    help: 'Memory with the CPUs that are near to it',
    metrics: {
      numa_hit_per_sec: rate('Allocated here', 'Pages that were meant for this node', 'numastat numa_hit, admin-guide/numastat'),
      numa_miss_per_sec: rate(
        'Allocated here instead',
        'Pages that were meant for another node, which had none free',
        'numastat numa_miss, admin-guide/numastat',
      ),
      free_bytes: {
        title: 'Free',
        unit: 'bytes',
        kind: 'gauge',
        help: 'Memory of this node that is used for nothing',
        source: '/sys/devices/system/node/node*/meminfo MemFree',
      },
    },
  },
} as const satisfies DimensionDeclarations;

export type MemoryBandwidthMetrics = DeclaredMetrics<typeof METRICS, typeof DIMENSIONS>;
/** Why this machine lacks something, by path. */
export type Lacking = Readonly<Record<string, string>>;
