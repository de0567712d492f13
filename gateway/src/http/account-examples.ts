/** A user as the API's description shows one. */
export const userExample = {
  id: '6f0d7a52-8a3f-4c3e-9d43-0d6f4b1c2e9a',
  username: 'grace',
  role: 'viewer',
  created_at: '2026-11-23T19:20:31.000Z',
};

/** An API token as the API's description shows one. */
export const apiTokenExample = {
  id: '0b7c3c55-53d9-4c6e-8f1a-7d1f3d0b9c11',
  name: 'deploy pipeline',
  scope: 'annotate',
  user_id: '3f0c2c1e-58d5-4a68-9b19-1f0f1a6f2a11',
  username: 'admin',
  created_at: '2026-11-23T19:20:31.000Z',
  expires_at: '2027-02-21T19:20:31.000Z',
  last_used_at: null,
};

/** A user's preferences as the API's description shows them. */
export const preferencesExample = {
  theme: 'dark',
  time_zone: 'utc',
  window_seconds: 900,
  hidden_panels: ['pressure'],
  panel_order: ['perf-events', 'cpu'],
  shortcuts: true,
};

/** A log-in as the API's description shows one. */
export const sessionExample = {
  id: '9d1f6a1e-2f0b-4e57-9a2c-5a4d0f6b7c31',
  kind: 'browser',
  client: 'Firefox on Linux',
  address: '192.0.2.17',
  started_at: '2026-11-20T08:12:05.000Z',
  last_used_at: '2026-11-23T19:20:31.000Z',
  expires_at: '2026-12-20T08:12:05.000Z',
  is_current: true,
};
