import type { DeclaredMetrics, DimensionDeclarations, MetricDeclaration, MetricDeclarations } from '@perfwatch/service-kit';

const COUNTERS = "/proc/diskstats, the kernel's admin-guide/iostats";
const CAPACITY = 'statfs(2) of what is mounted by /proc/1/mountinfo';

const rate = (unit: MetricDeclaration['unit'], title: string, help: string) =>
  ({ title, unit, kind: 'rate', help, source: COUNTERS }) as const satisfies MetricDeclaration;
const bytes = (title: string, help: string) =>
  ({ title, unit: 'bytes', kind: 'gauge', help, source: CAPACITY }) as const satisfies MetricDeclaration;
const percent = (title: string, help: string) =>
  ({ title, unit: 'percent', kind: 'gauge', help, source: CAPACITY }) as const satisfies MetricDeclaration;

const IN_TOTAL = 'All whole physical disks together: no partition, nor what is made of other devices (LVM, RAID, loop), is counted twice';

export const METRICS = {
  read_bytes_per_sec: rate('bytes_per_sec', 'Read', IN_TOTAL),
  write_bytes_per_sec: rate('bytes_per_sec', 'Written', IN_TOTAL),
  read_ops_per_sec: rate('per_sec', 'Reads', IN_TOTAL),
  write_ops_per_sec: rate('per_sec', 'Writes', IN_TOTAL),
} as const satisfies MetricDeclarations;

export const DIMENSIONS = {
  device: {
    title: 'Device',
    help:
      'A block device that has done I/O since it was made: disks, and what is made of them, under the name of device-mapper where it has one. ' +
      'Left out: partitions, ramdisks, and loop devices that are not written to',
    metrics: {
      read_bytes_per_sec: rate('bytes_per_sec', 'Read', 'As rkB/s of iostat(1)'),
      write_bytes_per_sec: rate('bytes_per_sec', 'Written', 'As wkB/s of iostat(1)'),
      read_ops_per_sec: rate('per_sec', 'Reads', 'Requests answered, after merging'),
      write_ops_per_sec: rate('per_sec', 'Writes', 'Requests answered, after merging'),
      read_latency_ms: rate(
        'ms',
        'Read latency',
        'Mean from request to answer, queue included, as r_await of iostat(1). Null without a read',
      ),
      write_latency_ms: rate(
        'ms',
        'Write latency',
        'Mean from request to answer, queue included, as w_await of iostat(1). Null without a write',
      ),
      queue_depth_count: rate(
        'count',
        'Queue depth',
        'Mean number of requests in the queue and the device, as aqu-sz of iostat(1): discards and flushes with it where the kernel counts them',
      ),
      utilization_percent: rate(
        'percent',
        'Busy',
        'Time with a request at least, as %util of iostat(1). At most 100: the kernel adds the time of a long request when it ends. ' +
          'A device that serves many at once is not full at 100',
      ),
      discard_bytes_per_sec: rate('bytes_per_sec', 'Discarded', 'Blocks given back to the device (TRIM). Kernels before 4.18 do not count'),
    },
  },
  filesystem: {
    title: 'File system',
    help:
      'What is mounted, by its mount point, once for each file system. Left out: pseudo file systems, images, containers; of tmpfs all but ' +
      '/, /tmp, /var/tmp, /dev/shm and /run. Network mounts other than / are there with PERFWATCH_NETWORK_MOUNTS=on. Null while a file ' +
      'system does not answer; while two of the network do not, no other of the network is asked',
    metrics: {
      total_bytes: bytes('Size', 'Without what the file system keeps for its own data structures'),
      used_bytes: bytes('Used', 'size - free'),
      free_bytes: bytes('Free', 'What is reserved for root included'),
      available_bytes: bytes('Available', 'What users other than root can still write'),
      used_percent: percent('Used', 'used / (used + available), as df(1), which rounds up'),
      inodes_used_percent: percent('Inodes used', 'Null where the file system has no fixed number of them (btrfs, FAT)'),
    },
  },
} as const satisfies DimensionDeclarations;

export type DiskMetrics = DeclaredMetrics<typeof METRICS, typeof DIMENSIONS>;
export type DiskTotals = { -readonly [Name in keyof typeof METRICS]: number | null };
export type DeviceMetrics = NonNullable<DiskMetrics['device']>[string];
export type FilesystemMetrics = NonNullable<DiskMetrics['filesystem']>[string];
