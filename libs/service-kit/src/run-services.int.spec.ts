import { decodeSample, openBus, type Bus } from '@perfwatch/bus';
import {
  configSchema,
  PerfwatchError,
  catalogSchema,
  defaultPerfEvents,
  subjects,
  type Catalog,
  type Config,
  type Sample,
} from '@perfwatch/contract';
import { startTestNats, TEST_ACTOR, type TestNats } from '@perfwatch/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { CollectionFeed } from './collection-feed.ts';
import { loadConfig, type PerfwatchConfig } from './config.ts';
import { defineCollector } from './define-collector.ts';
import { createLogger } from './logging.ts';
import { runServices, type Runner } from './run-services.ts';
import { defineService, type ServiceContext, type ServiceDefinition } from './service.ts';

const WAIT = { timeout: 45_000, interval: 20 };
const INTERVAL_MS = 100;
const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
const SETTINGS: Config = { interval_ms: INTERVAL_MS, collectors: {}, perf_events: defaultPerfEvents(), hosts: {}, updated_at: null };

const steadyCollector = defineCollector({
  name: 'steady',
  title: 'Steady',
  metrics: {
    value_count: { title: 'Value', unit: 'count', kind: 'gauge' },
    heat_celsius: { title: 'Heat', unit: 'celsius', kind: 'gauge' },
  },
  open: () => ({ read: () => ({ metrics: { value_count: 1, heat_celsius: null }, unavailable: { heat_celsius: 'No sensor' } }) }),
});

/** Fails on every other tick. */
const brokenCollector = defineCollector({
  name: 'broken',
  title: 'Broken',
  metrics: { value_count: { title: 'Value', unit: 'count', kind: 'gauge' } },
  open() {
    let ticks = 0;
    return {
      read() {
        if (ticks++ % 2 === 0) throw new Error('the file is gone');
        return { metrics: { value_count: ticks } };
      },
    };
  },
});

const settingsService = (initial: () => Config) =>
  defineService({
    name: 'settings',
    needsStore: false,
    start(context) {
      let changed: Config | null = null;
      const current = () => changed ?? initial();
      const feed = new CollectionFeed({ bus: context.bus, log, read: () => Promise.resolve(current()) });
      return Promise.resolve({
        actions: {
          get: () => Promise.resolve(current()),
          update(update) {
            if (update.collectors === undefined) {
              return Promise.reject(
                new PerfwatchError('bad_input', 'no', {
                  hint: 'give collectors',
                  issues: [{ path: 'a.b', message: 'c' }],
                  retryAfterSeconds: 7,
                }),
              );
            }
            changed = configSchema.parse({ ...current(), collectors: update.collectors, updated_at: new Date().toISOString() });
            feed.changed(changed);
            return Promise.resolve(changed);
          },
        },
        health: () => ({ up: false, reason: 'on purpose' }),
        stop: () => feed.stop(),
      });
    },
  });

describe('services in processes on a real nats-server', () => {
  let nats: TestNats;
  let bus: Bus;
  let samples: Sample[];
  let stored: Sample[];
  let catalogs: Catalog[];
  let runners: Runner[];
  let config: PerfwatchConfig;

  const run = async (...definitions: ServiceDefinition[]): Promise<Runner> => {
    const runner = await runServices({ definitions, config, log });
    runners.push(runner);
    return runner;
  };
  /** A service that does nothing but give its context away. */
  const runProbe = async (): Promise<ServiceContext> => {
    const given = Promise.withResolvers<ServiceContext>();
    await run({
      name: 'probe',
      needsStore: false,
      start: (context) => {
        given.resolve(context);
        return Promise.resolve({ actions: {}, stop: () => Promise.resolve() });
      },
    });
    return given.promise;
  };
  const of = (collector: string) => samples.filter((sample) => sample.collector === collector);

  beforeAll(async () => {
    nats = await startTestNats();
  });
  afterAll(() => nats.dispose());
  beforeEach(async () => {
    [samples, stored, catalogs, runners] = [[], [], [], []];
    config = { ...loadConfig({}), natsUrl: nats.url, hostId: 'test-host', intervalMs: INTERVAL_MS };
    bus = openBus({ servers: nats.url, name: 'test', log });
    bus.subscribeSamples(subjects.allMetrics, (sample) => samples.push(sample));
    bus.subscribe(subjects.catalog('*', '*'), catalogSchema, (catalog) => catalogs.push(catalog));
    bus.consumeSamples({
      durable: 'test',
      maxBatch: 100,
      lingerMs: 1,
      onBatch(batch) {
        for (const message of batch) {
          const decoded = decodeSample(message.subject, message.payload, Date.now());
          if (decoded.ok) stored.push(decoded.value);
          message.ack();
        }
        return Promise.resolve();
      },
    });
    await bus.connected(WAIT.timeout);
  });
  afterEach(async () => {
    await Promise.all(runners.map((runner) => runner.stop()));
    await bus.close(0);
  });

  it('publishes complete Samples at aligned times, counted from 0', async () => {
    await run(steadyCollector);
    await vi.waitFor(() => expect(of('steady').length).toBeGreaterThanOrEqual(5), WAIT);
    const taken = of('steady').slice(0, 5);
    expect(taken.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4]);
    expect(taken.every(({ ts }) => Date.parse(ts) % INTERVAL_MS === 0)).toBe(true);
    expect(new Set(taken.map((sample) => sample.run)).size).toBe(1);
    expect(taken[0]).toMatchObject({ host: 'test-host', interval_ms: INTERVAL_MS, elapsed_ms: null, status: 'ok', reason: null });
    expect(taken[1]?.elapsed_ms).toBeGreaterThan(0);
    expect(String(taken[1]?.elapsed_ms), 'hundredths of a millisecond').toMatch(/^\d+(\.\d{1,2})?$/);
  });

  it('keeps one collector from touching another', async () => {
    await run(brokenCollector, steadyCollector);
    await vi.waitFor(() => expect(Math.min(of('broken').length, of('steady').length)).toBeGreaterThanOrEqual(4), WAIT);
    expect(of('broken').slice(0, 2)).toMatchObject([
      { status: 'error', reason: 'the file is gone', metrics: {} },
      { status: 'ok', reason: null, metrics: { value_count: 2 } },
    ]);
    expect(of('steady').every(({ status }) => status === 'ok')).toBe(true);
  });

  it('describes its metrics, with why this machine lacks one', async () => {
    await run(steadyCollector);
    await vi.waitFor(() => expect(catalogs.length).toBeGreaterThan(0), WAIT);
    expect(catalogs[0]).toMatchObject({
      host: 'test-host',
      collector: 'steady',
      metrics: { heat_celsius: { unit: 'celsius', unavailable: 'No sensor' }, value_count: { unavailable: null } },
    });
  });

  it('obeys settings that come later, from another process', async () => {
    await run(steadyCollector);
    await run(settingsService(() => ({ ...SETTINGS, interval_ms: 200 })));
    await vi.waitFor(() => expect(of('steady').at(-1)?.interval_ms).toBe(200), WAIT);
  });

  it('turns a collector off and on again', async () => {
    await run(steadyCollector);
    await run(settingsService(() => SETTINGS));
    const probe = await runProbe();
    await vi.waitFor(() => expect(of('steady').length).toBeGreaterThan(0), WAIT);
    await probe.call('settings.update', { collectors: { steady: { enabled: false } }, by: TEST_ACTOR });
    await vi.waitFor(() => expect(of('steady').at(-1)).toMatchObject({ status: 'disabled', metrics: {} }), WAIT);
    await probe.call('settings.update', { collectors: { steady: { enabled: true } }, by: TEST_ACTOR });
    await vi.waitFor(() => expect(of('steady').at(-1)).toMatchObject({ status: 'ok', interval_ms: INTERVAL_MS }), WAIT);
    const disabled = of('steady').filter(({ status }) => status === 'disabled');
    expect(disabled).toHaveLength(1);
    const afterwards = of('steady')[of('steady').findIndex(({ status }) => status === 'disabled') + 1];
    expect(afterwards?.elapsed_ms).toBeNull();
  });

  it('carries an error of an action to another process intact', async () => {
    await run(settingsService(() => SETTINGS));
    const probe = await runProbe();
    const failure = await probe.call('settings.update', { interval_ms: 500, by: TEST_ACTOR }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PerfwatchError);
    expect(failure).toMatchObject({
      code: 'bad_input',
      message: 'no',
      hint: 'give collectors',
      issues: [{ path: 'a.b', message: 'c' }],
      retryAfterSeconds: 7,
    });
  });

  it('says unavailable when nobody serves an action in time', async () => {
    const probe = await runProbe();
    await expect(probe.call('history.types', {}, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 2 });
  });

  it('waits for a service that starts later', async () => {
    const probe = await runProbe();
    const settings = probe.call('settings.get', {}, { timeoutMs: WAIT.timeout });
    await run(settingsService(() => SETTINGS));
    expect(await settings).toEqual(SETTINGS);
  });

  it('knows the health of every service of the cluster', async () => {
    const probe = await runProbe();
    await run(steadyCollector);
    const settings = await run(settingsService(() => SETTINGS));
    await vi.waitFor(
      async () =>
        expect(await probe.clusterHealth()).toEqual({
          probe: { up: true, reason: null },
          'collector-steady': { up: true, reason: null },
          settings: { up: false, reason: 'on purpose' },
        }),
      WAIT,
    );
    await settings.stop();
    await vi.waitFor(async () => expect((await probe.clusterHealth()).settings?.up).not.toBe(true), WAIT);
  });

  it('starts while NATS is away, serves its own process, and joins the cluster when NATS is there', async () => {
    await nats.stop();
    try {
      await run(
        settingsService(() => SETTINGS),
        steadyCollector,
      );
      await vi.waitFor(() => expect(runners).toHaveLength(1), WAIT);
    } finally {
      await nats.restart();
    }
    const probe = await runProbe();
    expect(await probe.call('settings.get', {}, { timeoutMs: WAIT.timeout })).toEqual(SETTINGS);
    await vi.waitFor(() => expect(stored.some(({ collector, seq }) => collector === 'steady' && seq === 0)).toBe(true), WAIT);
  });

  it('finds the services again after nats-server was killed', async () => {
    await run(settingsService(() => SETTINGS));
    const probe = await runProbe();
    expect(await probe.call('settings.get', {})).toEqual(SETTINGS);
    await nats.kill();
    await nats.restart();
    await vi.waitFor(async () => expect(await probe.call('settings.get', {}, { timeoutMs: 1000 })).toEqual(SETTINGS), WAIT);
  });

  it('answers with an error what is larger than NATS carries, and goes on', async () => {
    const large = {
      ...SETTINGS,
      hosts: Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`host-${index}`, { interval_ms: 500 }])),
    };
    let config: Config = large;
    await run(settingsService(() => config));
    const probe = await runProbe();
    await expect(probe.call('settings.get', {})).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/more than NATS/),
    });
    const update = {
      collectors: Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`collector-${index}`, { enabled: true }])),
    };
    await expect(probe.call('settings.update', { ...update, by: TEST_ACTOR })).rejects.toMatchObject({ code: 'bad_input' });
    config = SETTINGS;
    expect(await probe.call('settings.get', {})).toEqual(SETTINGS);
  });

  it('stops what had started when one service cannot start', async () => {
    let stopped = false;
    const willing: ServiceDefinition = {
      name: 'willing',
      needsStore: false,
      start: () =>
        Promise.resolve({
          actions: {},
          stop: () => {
            stopped = true;
            return Promise.resolve();
          },
        }),
    };
    const unwilling: ServiceDefinition = { name: 'unwilling', needsStore: false, start: () => Promise.reject(new Error('port taken')) };
    await expect(run(willing, unwilling)).rejects.toThrow('port taken');
    expect(stopped).toBe(true);
  });

  it('keeps the store from a service that did not ask for it', async () => {
    const probe = await runProbe();
    expect(() => probe.store).toThrow(PerfwatchError);
  });
});
