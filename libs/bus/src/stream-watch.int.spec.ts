import { startTestNats, type TestNats } from '@perfwatch/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bus, SampleConsumption } from './bus.ts';
import type { BusLog } from './log.ts';
import { openBus } from './open-bus.ts';

const WAIT = { timeout: 45_000, interval: 20 };
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** Room for about a thousand Samples of this test. */
const STREAM_BYTES = 256 * 1024;

describe('a stream at its bound', () => {
  let nats: TestNats;
  let publisher: Bus;
  let closing: (() => Promise<void>)[] = [];
  let stored = new Set<number>();

  beforeEach(async () => {
    nats = await startTestNats();
    stored = new Set();
    publisher = await open();
  });
  afterEach(async () => {
    for (const close of closing.reverse()) await close();
    closing = [];
    await nats.dispose();
  });

  const open = async (log: BusLog = silent) => {
    const bus = openBus({ servers: nats.url, name: 'test', log, stream: { maxBytes: STREAM_BYTES } });
    closing.push(() => bus.close(0));
    await bus.connected(WAIT.timeout);
    return bus;
  };
  const publish = async (from: number, count: number) => {
    for (let seq = from; seq < from + count; seq++) {
      const ts = new Date(Date.now() - 100_000 + seq).toISOString();
      publisher.publishSample({ host: 'web-1', collector: 'cpu', ts, run: 'r1', seq, metrics: { usage_percent: seq } });
    }
    await vi.waitFor(() => expect(publisher.counters().queuedSamples).toBe(0), WAIT);
  };
  /** Remembers which Samples it was given, unless `isAway`. */
  const consume = (bus: Bus, isAway = () => false): SampleConsumption => {
    const consumption = bus.consumeSamples({
      durable: 'test',
      maxBatch: 50,
      lingerMs: 1,
      onBatch: (batch) => {
        if (isAway()) return Promise.reject(new Error('the database is away'));
        for (const message of batch) {
          stored.add((JSON.parse(new TextDecoder().decode(message.payload)) as { seq: number }).seq);
          message.ack();
        }
        return Promise.resolve();
      },
    });
    closing.push(() => consumption.stop());
    return consumption;
  };
  const allArrived = (last: number) => vi.waitFor(() => expect(stored).toContain(last), WAIT);
  const droppedBy = (consumption: SampleConsumption) => consumption.dropped()?.count ?? 0;

  it('drops nothing that has room', async () => {
    const consumption = consume(await open());
    for (let from = 0; from < 3000; from += 100) {
      await publish(from, 100);
      await allArrived(from + 99);
    }
    expect(consumption.dropped()).toBeNull();
    expect(stored.size).toBe(3000);
  });

  it('is told of with the number of Samples that were dropped while nothing could be stored', async () => {
    let isAway = false;
    const logged: string[] = [];
    const consumption = consume(await open({ ...silent, error: (_fields: object, message: string) => logged.push(message) }), () => isAway);
    await publish(0, 500);
    await allArrived(499);
    isAway = true;
    await publish(500, 5000);
    await vi.waitFor(() => expect(droppedBy(consumption)).toBeGreaterThan(3000), WAIT);
    expect(logged.filter((message) => message.includes('drops its oldest Samples'))).toHaveLength(1);
    isAway = false;
    await allArrived(5499);
    await publish(5500, 100);
    await allArrived(5599);
    await vi.waitFor(() => expect(stored.size + droppedBy(consumption)).toBe(5600), WAIT);
    expect(consumption.dropped()?.lastAtMs).toBeGreaterThan(Date.now() - 60_000);
  });

  it('is told of by whoever consumes next, when nobody consumed', async () => {
    const first = await open();
    const before = consume(first);
    await publish(0, 500);
    await allArrived(499);
    await before.stop();
    // nats-server knows by then that nobody waits for more.
    await first.close();
    await publish(500, 5000);
    // It looks before it takes anything. Of replicas that come at once one may take some before the other has looked: they count too little.
    const next = consume(await open());
    await allArrived(5499);
    await vi.waitFor(() => expect(stored.size + droppedBy(next)).toBe(5500), WAIT);
  });
});
