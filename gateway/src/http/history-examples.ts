const TIME = '2026-11-23T19:20:31.000Z';
const EARLIER = '2026-11-23T19:20:00.000Z';

export const annotationExample = {
  id: '0d9b1c52-6a0e-4a53-8f0e-7d3c0b1a2f11',
  host: 'web-1',
  ts: EARLIER,
  end_ts: TIME,
  title: 'Deploy 4.2.1',
  text: 'by ci',
  tags: ['deploy'],
};

export const historyExample = {
  host: 'web-1',
  metric_type: 'cpu',
  start_time: EARLIER,
  end_time: '2026-11-23T19:21:00.000Z',
  agg: ['avg'],
  annotations: [annotationExample],
  interval: '5s',
  resolution: 'raw',
  count: 1,
  truncated: false,
  data_points: [{ timestamp: EARLIER, data: { usage_percent: 12.5, core: { '0': { usage_percent: 20 } } } }],
};

const compareWindow = (start_time: string, end_time: string) => ({
  start_time,
  end_time,
  seconds: 3600,
  covered_seconds: 3600,
  coverage_percent: 100,
});

export const compareExample = {
  host: 'web-1',
  metric_type: 'cpu',
  window_1: compareWindow('2026-11-23T18:00:00.000Z', '2026-11-23T19:00:00.000Z'),
  window_2: compareWindow('2026-11-22T18:00:00.000Z', '2026-11-22T19:00:00.000Z'),
  resolution: '1m',
  step: '1m',
  comparable: true,
  note: null,
  interval: '1m',
  series_1: [{ offset_seconds: 0, data: { usage_percent: 42 } }],
  series_2: [{ offset_seconds: 0, data: { usage_percent: 12.5 } }],
  summary: [
    {
      collector: 'cpu',
      path: 'usage_percent',
      window_1: { avg: 40, min: 2, max: 97, p50: 38, p95: 71, count: 3600 },
      window_2: { avg: 16, min: 1, max: 88, p50: 15, p95: 31, count: 3600 },
      change: 24,
      change_percent: 150,
      effect: { size: 2.1, low: 1.4, high: 2.8 },
      verdict: 'higher',
    },
  ],
  truncated: false,
};

const policy = { downsample_after_days: 7, downsample_interval: '1m', retention_days: 30, archive_enabled: false };

export const retentionRunExample = {
  started_at: EARLIER,
  finished_at: TIME,
  sealed_series: 7,
  sealed_samples: 25_200,
  late_samples_dropped: 0,
  partitions_dropped: 1,
  raw_segments_deleted: 168,
  raw_samples_deleted: 604_800,
  rollup_segments_deleted: 0,
  archived_files: 0,
  archived_samples: 0,
  bytes_freed: 9_400_000,
  finished: true,
  error: null,
};

export const retentionExample = {
  ...policy,
  bytes: 84_000_000,
  bytes_per_number: 0.4,
  oldest_sample: '2026-10-24T00:00:00.000Z',
  newest_sample: TIME,
  tiers: [
    { tier: 'hot', bytes: 18_000_000, numbers: null, oldest: '2026-11-23T19:00:00.000Z', newest: TIME },
    {
      tier: 'raw',
      bytes: 61_000_000,
      numbers: 210_000_000,
      oldest: '2026-11-16T00:00:00.000Z',
      newest: '2026-11-23T18:59:59.000Z',
    },
  ],
  hosts: [{ host: 'web-1', bytes: { hot: 18_000_000, raw: 61_000_000 }, oldest_sample: '2026-10-24T00:00:00.000Z', newest_sample: TIME }],
  archive: { files: 0, bytes: 0 },
  will_delete: {
    raw_samples: 0,
    raw_bytes: 0,
    rollup_segments: 0,
    rollup_bytes: 0,
    raw_before: '2026-11-16T00:00:00.000Z',
    rollups_before: '2026-10-24T00:00:00.000Z',
    archived_first: false,
  },
  last_run: retentionRunExample,
  next_run: '2026-11-23T19:30:00.000Z',
};
