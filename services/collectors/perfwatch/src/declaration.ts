/** What the collector `perfwatch` measures, by collector and by process. */
export const DIMENSIONS = {
  collector: {
    title: 'Collector',
    help: 'A collector of this host; gone from here when it is turned off or does not run',
    metrics: {
      collect_ms: {
        title: 'Time to read',
        unit: 'ms',
        kind: 'gauge',
        help: 'How long the last tick took, from the first read to the Sample',
      },
      skipped_ticks_count: {
        title: 'Skipped ticks',
        unit: 'count',
        kind: 'gauge',
        help: 'Ticks since the collector started that were due and could not be made, because the one before was not done or the process was held up',
      },
      dropped_samples_count: {
        title: 'Dropped Samples',
        unit: 'count',
        kind: 'gauge',
        help: 'Samples since the process started that were dropped because the queue to NATS was full',
      },
    },
  },
  process: {
    title: 'Process',
    help: 'A process of PerfWatch on this host that runs collectors',
    metrics: {
      cpu_percent: {
        title: 'CPU of one core',
        unit: 'percent',
        kind: 'rate',
        help: 'User and system time of all its threads, in percent of one core; absent on the first tick',
        source: 'getrusage(2)',
      },
      rss_bytes: {
        title: 'Resident memory',
        unit: 'bytes',
        kind: 'gauge',
        help: 'Shared libraries included',
        source: 'Node.js process.memoryUsage.rss',
      },
      event_loop_delay_ms: {
        title: 'Lateness',
        unit: 'ms',
        kind: 'gauge',
        help: 'How long after its scheduled time the latest tick began',
      },
    },
  },
} as const;
