import { openBus, type Bus } from '@perfwatch/bus';
import { inventorySchema, subjects, type Inventory, type Sample } from '@perfwatch/contract';
import { createLogger, loadConfig, runServices, type Runner } from '@perfwatch/service-kit';
import { startTestNats, type TestNats } from '@perfwatch/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { perfwatchCollector } from './index.ts';

const WAIT = { timeout: 45_000, interval: 20 };
const log = createLogger({ level: 'fatal', name: 'test', pretty: false });

describe('the collector perfwatch on this machine', () => {
  let nats: TestNats;
  let bus: Bus;
  let runner: Runner;
  const samples: Sample[] = [];
  const inventories: Inventory[] = [];

  beforeAll(async () => {
    nats = await startTestNats();
    bus = openBus({ servers: nats.url, name: 'test', log });
    bus.subscribeSamples(subjects.metrics('test-host', 'perfwatch'), (sample) => samples.push(sample));
    bus.subscribe(subjects.host('test-host'), inventorySchema, (inventory) => inventories.push(inventory));
    await bus.connected(WAIT.timeout);
    const config = { ...loadConfig({}), natsUrl: nats.url, hostId: 'test-host', intervalMs: 100 };
    runner = await runServices({ definitions: [perfwatchCollector], config, log, name: 'agents' });
  });
  afterAll(async () => {
    await runner.stop();
    await bus.close(0);
    await nats.dispose();
  });

  it('says what the collectors and their process cost', async () => {
    const lastProcess = () => {
      const processes = samples.at(-1)?.metrics.process;
      return typeof processes === 'object' && processes !== null ? processes['agents'] : undefined;
    };
    await vi.waitFor(() => expect(lastProcess()?.cpu_percent).toBeGreaterThan(0), WAIT);
    expect(lastProcess()?.rss_bytes).toBeGreaterThan(1_000_000);
    expect(lastProcess()?.event_loop_delay_ms).toBeGreaterThanOrEqual(0);
    expect(samples.at(-1)?.metrics.collector).toMatchObject({ perfwatch: { dropped_samples_count: 0 } });
  });

  it('says what the machine is', async () => {
    await vi.waitFor(() => expect(inventories.length).toBeGreaterThan(0), WAIT);
    const inventory = inventories[0];
    expect(inventory?.memory?.total_bytes).toBeGreaterThan(0);
    expect(inventory?.cpu?.threads_count).toBeGreaterThan(0);
    expect(inventory?.kernel).toMatch(/^\d+\.\d+/);
    expect(inventory?.perfwatch_version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('goes on saying it, for those who listen later', async () => {
    await vi.waitFor(() => expect(inventories.length).toBeGreaterThanOrEqual(3), WAIT);
  });
});
