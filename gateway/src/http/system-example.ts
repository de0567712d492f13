/** `GET /api/system` as the API's description shows it. */
export const systemExample = {
  version: '0.1.0',
  started_at: '2026-11-23T08:00:00.000Z',
  readiness: { status: 'ready', dependencies: { nats: { up: true, reason: null }, database: { up: true, reason: null } } },
  services: [
    {
      name: 'persistence',
      up: true,
      reason: null,
      replicas: [{ node: 'web-1-server-812-k3f9x', up: true, reason: null }],
      replica_count: 1,
    },
  ],
  processes: [
    {
      node: 'web-1-server-812-k3f9x',
      name: 'server',
      host: 'web-1',
      version: '0.1.0',
      node_version: '24.4.0',
      started_at: '2026-11-23T08:00:00.000Z',
      cpu_percent: 3.2,
      rss_bytes: 183_500_800,
      queued_samples: 0,
      dropped_samples: 0,
      invalid_messages: 0,
      database: { up: true, reason: null },
    },
  ],
  process_count: 1,
  stream: { samples: 16, bytes: 21_400, max_bytes: 1_073_741_824, oldest: '2026-11-23T19:20:31.000Z' },
};
