import { describe, expect, it } from 'vitest';
import { outboxes, serviceLines, totalCost, uptimeText } from './system-view.ts';

const service = (name: string, replicas: { node: string; up: boolean; reason: string | null }[]) => ({
  name,
  up: replicas.some(({ up }) => up),
  reason: replicas.find(({ reason }) => reason !== null)?.reason ?? null,
  replicas,
  replica_count: replicas.length,
});
const process = {
  node: 'a',
  name: 'server',
  host: 'web-1',
  version: '0.1.0',
  node_version: '24.4.0',
  started_at: '2026-11-23T08:00:00.000Z',
  cpu_percent: 2,
  rss_bytes: 100,
  queued_samples: 1,
  dropped_samples: 2,
  invalid_messages: 3,
  database: null,
};

describe('serviceLines', () => {
  it('counts the replicas that are up, says why others are not, and tells collectors apart', () => {
    const services = [
      service('auth', [
        { node: 'a', up: false, reason: 'database is away' },
        { node: 'b', up: true, reason: null },
      ]),
      service('collector-cpu', [{ node: 'a', up: true, reason: null }]),
    ];
    expect(serviceLines({ services, readiness: { status: 'ready', dependencies: {} } })).toEqual({
      server: [
        { name: 'auth', isUp: true, reason: 'database is away', replicas: '1 of 2', down: [{ node: 'a', reason: 'database is away' }] },
      ],
      collectors: [{ name: 'cpu', isUp: true, reason: null, replicas: '1', down: [] }],
    });
  });

  it('lists a service that is needed and does not run', () => {
    const dependencies = { history: { up: false, reason: 'not running' }, nats: { up: false, reason: 'away' } };
    expect(serviceLines({ services: [], readiness: { status: 'not_ready', dependencies } }).server).toEqual([
      { name: 'history', isUp: false, reason: 'not running', replicas: '0', down: [] },
    ]);
  });
});

describe('what PerfWatch costs', () => {
  it('is the sum over its processes, and not known while one does not know', () => {
    expect(totalCost([process, { ...process, cpu_percent: 1.5 }])).toEqual({ cpuPercent: 3.5, rssBytes: 200 });
    expect(totalCost([process, { ...process, cpu_percent: null }]).cpuPercent).toBeNull();
    expect(outboxes([process, process])).toEqual({ queued: 2, dropped: 4, invalid: 6 });
  });
});

it('says for how long something runs', () => {
  expect(uptimeText(process.started_at, Date.parse('2026-11-23T12:00:00.000Z'))).toBe('4 h');
});
