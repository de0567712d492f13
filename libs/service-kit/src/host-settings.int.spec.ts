import { openBus, type Bus } from '@perfwatch/bus';
import { defaultPerfEvents, internalSubjects, type Config } from '@perfwatch/contract';
import { startTestNats, type TestNats } from '@perfwatch/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CollectionFeed } from './collection-feed.ts';
import { HostLink } from './host-link.ts';
import { rollCallSchema, type HostPresence } from './host-messages.ts';
import { createLogger } from './logging.ts';
import { PresentHosts } from './present-hosts.ts';
import type { ProcessState } from './process-state.ts';

const WAIT = { timeout: 20_000, interval: 10 };
const HOST = 'web-1';
const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
const state: ProcessState = {
  name: 'cpu',
  host: HOST,
  version: '1',
  nodeVersion: '24',
  startedAtMs: 0,
  cpuPercent: null,
  rssBytes: null,
  queuedSamples: 0,
  droppedSamples: 0,
  invalidMessages: 0,
  database: null,
};
const settings = (intervalMs: number, updatedAt: string | null): Config => ({
  interval_ms: intervalMs,
  collectors: {},
  perf_events: defaultPerfEvents(),
  hosts: { [HOST]: { perf_events: { cpus: '0-3' } }, 'db-1': { interval_ms: 7000 } },
  updated_at: updatedAt,
});

describe('collectors and services on a real nats-server', () => {
  let nats: TestNats;
  /** With the credentials of the host alone. */
  let host: Bus;
  let service: Bus;
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    nats = await startTestNats({ collectorHost: HOST });
  });
  afterAll(() => nats.dispose());
  beforeEach(async () => {
    host = openBus({ servers: nats.collectorUrl, name: 'collectors', log });
    service = openBus({ servers: nats.url, name: 'services', log });
    await Promise.all([host, service].map((bus) => bus.connected(WAIT.timeout)));
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    await Promise.all([host.close(0), service.close(0)]);
  });

  const feed = (read: () => Config): CollectionFeed => {
    const opened = new CollectionFeed({ bus: service, log, read: () => Promise.resolve(read()) });
    stops.push(() => opened.stop());
    return opened;
  };
  const link = (options: Partial<ConstructorParameters<typeof HostLink>[0]> = {}): HostLink => {
    const collectors = () => Promise.resolve([{ name: 'cpu', up: true, reason: null }]);
    const opened = new HostLink({
      host: HOST,
      node: 'node-1',
      bus: host,
      processState: () => state,
      collectors,
      onCollection: () => undefined,
      ...options,
    });
    stops.push(() => opened.stop());
    return opened;
  };
  const present = (now?: () => number): PresentHosts => {
    const opened = new PresentHosts(service, now);
    stops.push(() => opened.stop());
    return opened;
  };
  const say = (said: Partial<HostPresence>) =>
    host.publish(internalSubjects.presence(HOST), { node: 'node-1', collectors: [], process: state, leaving: false, ...said });

  it('let whoever has no credentials listen without complaint', async () => {
    const complaints: unknown[] = [];
    const note = (...said: unknown[]) => void complaints.push(said);
    const anyone = openBus({ servers: nats.publicUrl, name: 'anyone', log: { info: () => undefined, warn: note, error: note } });
    const heard: string[] = [];
    anyone.subscribeSamples('perfwatch.v1.metrics.>', ({ collector }) => heard.push(collector));
    await anyone.connected(WAIT.timeout);
    await expect
      .poll(() => {
        host.publishSample({ host: HOST, collector: 'cpu', ts: new Date().toISOString(), metrics: {} });
        return heard;
      }, WAIT)
      .toContain('cpu');
    expect(complaints).toEqual([]);
    await anyone.close();
  });

  it('give a host what it runs by, and nothing of another', async () => {
    const heard: unknown[] = [];
    link({ onCollection: (collection) => heard.push(collection) });
    feed(() => settings(500, null));
    await expect.poll(() => heard, WAIT).toHaveLength(1);
    expect(heard[0]).toEqual({ interval_ms: 500, collectors: {}, perf_events: { ...defaultPerfEvents(), cpus: '0-3' } });
  });

  it('tell collectors of a change at once', async () => {
    let current = settings(500, null);
    const opened = feed(() => current);
    const collectors = link();
    await expect.poll(() => collectors.collection?.interval_ms, WAIT).toBe(500);
    current = settings(900, '2026-11-25T10:00:00.000Z');
    const startedMs = performance.now();
    opened.changed(current);
    await expect.poll(() => collectors.collection?.interval_ms, WAIT).toBe(900);
    expect(performance.now() - startedMs).toBeLessThan(3000);
  });

  it('correct a host that runs by settings which are no longer there', async () => {
    const heard: number[] = [];
    host.subscribeBytes(internalSubjects.collection(HOST), () => heard.push(1));
    host.subscribeBytes(internalSubjects.rollCall, () => heard.push(0));
    const opened = feed(() => settings(500, '2026-11-25T10:00:00.000Z'));
    // Both connections have subscribed when the roll is heard.
    await expect
      .poll(() => {
        opened.changed(settings(500, '2026-11-25T10:00:00.000Z'));
        return heard;
      }, WAIT)
      .toContain(0);
    heard.length = 0;
    const count = () => heard.filter((one) => one === 1).length;
    say({ settingsAt: '2030-01-01T00:00:00.000Z' });
    await expect.poll(() => count(), WAIT).toBe(1);
    say({ settingsAt: '2026-11-25T10:00:00.000Z' });
    say({ settingsAt: null });
    await expect.poll(() => count(), WAIT).toBe(2);
  });

  it('show what runs, until it says that it stops', async () => {
    const hosts = present();
    const collectors = link();
    await expect.poll(() => hosts.replicas(), WAIT).toEqual([{ name: 'collector-cpu', nodeId: 'node-1', up: true, reason: null }]);
    await collectors.stop();
    await expect.poll(() => hosts.replicas(), WAIT).toEqual([]);
  });

  it('show no longer what has not been heard of', async () => {
    let nowMs = 0;
    const hosts = present(() => nowMs);
    say({});
    await expect.poll(() => hosts.processes(), WAIT).toHaveLength(1);
    nowMs = 15_000;
    expect(hosts.processes()).toEqual([]);
  });

  it('believe a host of itself alone, and only so much', async () => {
    const hosts = present();
    for (let node = 0; node < 200; node++) say({ node: `node-${node}`, process: { ...state, host: 'db-1' } });
    await expect.poll(() => hosts.processes().length, WAIT).toBe(64);
    expect(new Set(hosts.processes().map((process) => process.host))).toEqual(new Set([HOST]));
  });

  it('are not woken by an acknowledgement that somebody had sent to the roll call', () => {
    expect(rollCallSchema.safeParse({ stream: 'PERFWATCH_METRICS', seq: 1 }).success).toBe(false);
    expect(rollCallSchema.safeParse({}).success).toBe(true);
  });
});
