import type { Host } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { hostTile } from './host-tile.ts';

const now = Date.parse('2026-11-23T20:00:00.000Z');
const host = (lastSample: string | null, intervalMs = 1000): Host => ({
  host: 'web-1',
  first_seen: '2026-11-01T00:00:00.000Z',
  last_sample: lastSample,
  collectors: [{ collector: 'disk', status: 'error', reason: 'x', last_sample: '2026-11-23T19:59:59.000Z', interval_ms: intervalMs }],
  inventory: { host: 'web-1', ts: '2026-11-23T19:59:59.000Z', cpu: { model: 'EPYC', threads_count: 16 } },
});

describe('hostTile', () => {
  it('is live while samples come', () => {
    expect(hostTile(host('2026-11-23T19:59:59.000Z'), now)).toEqual({
      host: 'web-1',
      state: 'live',
      seen: 'last sample 1.0 s ago',
      about: 'EPYC · 16 CPUs',
      problems: 'failing: disk',
    });
  });

  it('goes stale by its own interval', () => {
    expect(hostTile(host('2026-11-23T19:59:00.000Z'), now).state).toBe('stale');
    expect(hostTile(host('2026-11-23T19:59:00.000Z', 60_000), now).state).toBe('live');
  });

  it('says when nothing was ever heard', () => {
    expect(hostTile(host(null), now)).toMatchObject({ state: 'silent', seen: 'nothing heard yet' });
  });
});
