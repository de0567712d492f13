import { systemReplySchema } from '@perfwatch/contract';
import type { ClusterProcess } from '@perfwatch/service-kit';
import { describe, expect, it, vi } from 'vitest';
import { createSystemReport, type SystemReportOptions } from './system-report.ts';

const process: ClusterProcess = {
  nodeId: 'web-1-server-1',
  name: 'server',
  host: 'web-1',
  version: '0.1.0',
  nodeVersion: '24.4.0',
  startedAtMs: 1_763_900_000_000,
  cpuPercent: null,
  rssBytes: 1024,
  queuedSamples: 0,
  droppedSamples: 0,
  invalidMessages: 0,
  database: null,
};
const report = (parts: Partial<SystemReportOptions> = {}) =>
  createSystemReport({
    cluster: () => Promise.resolve({ replicas: [], processes: [process], processCount: 1 }),
    streamState: () => Promise.resolve({ messages: 2, bytes: 10, maxBytes: null, oldestMs: 1_763_900_000_000 }),
    readiness: () => Promise.resolve({ status: 'ready', dependencies: {} }),
    ...parts,
  })();

describe('the report on the system', () => {
  it('has each service once, up while a replica is, with the reason of the one that is not', async () => {
    const replicas = [
      { name: 'history', nodeId: 'b', up: true, reason: null },
      { name: 'auth', nodeId: 'a', up: false, reason: 'database is away' },
      { name: 'auth', nodeId: 'b', up: true, reason: null },
    ];
    const { services } = await report({ cluster: () => Promise.resolve({ replicas, processes: [], processCount: 0 }) });
    expect(services.map(({ name, up, reason, replica_count }) => [name, up, reason, replica_count])).toEqual([
      ['auth', true, 'database is away', 2],
      ['history', true, null, 1],
    ]);
    expect(services[0]?.replicas.map(({ node, up }) => [node, up])).toEqual([
      ['a', false],
      ['b', true],
    ]);
  });

  it('fits its schema, stream or not', async () => {
    const full = await report();
    expect(systemReplySchema.parse(full)).toEqual(full);
    expect(full.stream).toEqual({ samples: 2, bytes: 10, max_bytes: null, oldest: '2025-11-23T12:13:20.000Z' });
    expect((await report({ streamState: () => Promise.resolve(null) })).stream).toBeNull();
  });

  it('still answers when the cluster cannot be asked', async () => {
    const away = await report({ cluster: () => Promise.reject(new Error('NATS is away')) });
    expect(away).toMatchObject({ services: [], processes: [], readiness: { status: 'ready' } });
  });

  it('asks the cluster once for many who ask at once', async () => {
    const cluster = vi.fn(() => Promise.resolve({ replicas: [], processes: [], processCount: 0 }));
    const ask = createSystemReport({
      cluster,
      streamState: () => Promise.resolve(null),
      readiness: () => Promise.resolve({ status: 'ready', dependencies: {} }),
    });
    await Promise.all([ask(), ask(), ask()]);
    expect(cluster).toHaveBeenCalledOnce();
  });
});
