import { subjects } from '@perfwatch/contract';
import { connect } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TestNats } from '../test/nats-server.ts';
import { recordingLog, sampleAt, until } from '../test/samples.ts';
import type { Bus, StoredMessage } from './bus.ts';
import { decodeSample } from './decode.ts';
import { openBus, type BusOptions } from './open-bus.ts';

const WAIT_MS = 20_000;

describe('the bus on a real nats-server', () => {
  let nats: TestNats;
  let buses: Bus[];
  const log = recordingLog();
  const open = (options: Partial<BusOptions> = {}): Bus => {
    const bus = openBus({ servers: nats.url, name: 'test', log, ...options });
    buses.push(bus);
    return bus;
  };
  const consume = (bus: Bus, stored: number[], durable = 'persistence') =>
    bus.consumeSamples({
      durable,
      maxBatch: 50,
      lingerMs: 5,
      onBatch: (batch) => {
        for (const message of batch) {
          stored.push(seqOf(message));
          message.ack();
        }
        return Promise.resolve();
      },
    });
  const seqOf = ({ subject, payload }: StoredMessage): number => {
    const decoded = decodeSample(subject, payload, Date.now());
    if (!decoded.ok) throw new Error(decoded.reason);
    return decoded.value.seq ?? -1;
  };
  const range = (count: number): number[] => Array.from({ length: count }, (_, seq) => seq);
  const sorted = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);

  beforeEach(async () => {
    buses = [];
    log.lines.length = 0;
    nats = new TestNats();
    await nats.start();
  });
  afterEach(async () => {
    await Promise.all(buses.map((bus) => bus.close(0)));
    await nats.remove();
  });

  it('delivers a Sample to live subscribers and, once, to persistence', async () => {
    const bus = open();
    const live: unknown[] = [];
    const stored: number[] = [];
    bus.subscribeSamples(subjects.allMetrics, (sample) => live.push(sample));
    consume(bus, stored);
    await bus.connected(WAIT_MS);
    bus.publishSample(sampleAt(0));
    await until(() => live.length > 0 && stored.length > 0, 'the Sample arrives live and from the stream');
    expect(live[0]).toEqual(sampleAt(0));
    expect(stored).toEqual([0]);
    await until(() => bus.counters().queuedSamples === 0, 'JetStream has it');
  });

  it('loses nothing when nats-server is killed while Samples are sent', async () => {
    const publisher = open();
    const consumer = open();
    const stored: number[] = [];
    consume(consumer, stored);
    await publisher.connected(WAIT_MS);
    await consumer.connected(WAIT_MS);
    const send = (from: number, to: number) =>
      range(to)
        .slice(from)
        .forEach((seq) => publisher.publishSample(sampleAt(seq)));
    send(0, 100);
    await until(() => stored.length >= 50, 'the first Samples are stored');
    send(100, 200);
    await nats.kill();
    send(200, 300);
    expect(publisher.counters().queuedSamples).toBeGreaterThanOrEqual(100);
    await nats.start();
    await until(() => new Set(stored).size === 300, 'every Sample is stored');
    expect(sorted(new Set(stored))).toEqual(range(300));
    expect(publisher.counters()).toMatchObject({ queuedSamples: 0, droppedSamples: 0 });
  });

  it('stores a Sample once however often it is sent', async () => {
    const bus = open();
    const stored: number[] = [];
    await bus.connected(WAIT_MS);
    bus.publishSample(sampleAt(0));
    bus.publishSample(sampleAt(1));
    consume(bus, stored);
    bus.publishSample(sampleAt(0));
    bus.publishSample(sampleAt(2));
    await until(() => stored.includes(2) && bus.counters().queuedSamples === 0, 'all are stored');
    expect(sorted(stored)).toEqual([0, 1, 2]);
  });

  it('keeps Samples until the stream is made, and sends them live meanwhile', async () => {
    const bus = open();
    const live: number[] = [];
    const stored: number[] = [];
    bus.subscribeSamples(subjects.allMetrics, ({ seq }) => live.push(seq ?? -1));
    await bus.connected(WAIT_MS);
    range(20).forEach((seq) => bus.publishSample(sampleAt(seq)));
    await until(() => live.length === 20, 'live subscribers see them all the same');
    expect(bus.counters().queuedSamples).toBe(20);
    consume(bus, stored);
    await until(() => stored.length >= 20, 'they are stored once there is a stream');
    expect(sorted(stored)).toEqual(range(20));
  });

  it('says once that there is no stream, and once that there is', async () => {
    const bus = open();
    const stored: number[] = [];
    await bus.connected(WAIT_MS);
    const said = (text: string): number => log.lines.filter(({ message }) => message.includes(text)).length;
    bus.publishSample(sampleAt(0));
    await until(() => said('does not take Samples') === 1, 'the absence is noticed');
    bus.publishSample(sampleAt(1));
    consume(bus, stored);
    await until(() => stored.length === 2, 'they are stored once there is a stream');
    expect(said('does not take Samples')).toBe(1);
    expect(said('JetStream takes Samples')).toBe(1);
  });

  it('drops the oldest Samples beyond its bounds and counts them', async () => {
    await nats.kill();
    const bytes = Buffer.byteLength(JSON.stringify(sampleAt(10)));
    const bus = open({ queue: { maxBytes: 10 * bytes } });
    range(30)
      .slice(10)
      .forEach((seq) => bus.publishSample(sampleAt(seq)));
    expect(bus.counters()).toMatchObject({ queuedSamples: 10, droppedSamples: 10, droppedSamplesByCollector: { cpu: 10 } });
    await nats.start();
    const stored: number[] = [];
    consume(bus, stored);
    await until(() => stored.length === 10, 'the newest are stored');
    expect(stored).toEqual(range(30).slice(20));
  });

  it('makes the stream again when someone deleted it', async () => {
    const bus = open();
    const stored: number[] = [];
    consume(bus, stored);
    await bus.connected(WAIT_MS);
    bus.publishSample(sampleAt(0));
    await until(() => stored.length === 1, 'the first is stored');
    const client = await connect({ servers: nats.url });
    await (await client.jetstreamManager()).streams.delete('PERFWATCH_METRICS');
    bus.publishSample(sampleAt(1));
    await until(() => stored.length === 2, 'the second is stored');
    await client.close();
  });

  it('shares the work between replicas', async () => {
    const [first, second, publisher] = [open(), open(), open()];
    const [byFirst, bySecond]: [number[], number[]] = [[], []];
    const slowly = (stored: number[]) => ({
      durable: 'persistence',
      maxBatch: 10,
      lingerMs: 1,
      onBatch: async (batch: readonly StoredMessage[]) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        for (const message of batch) {
          stored.push(seqOf(message));
          message.ack();
        }
      },
    });
    first.consumeSamples(slowly(byFirst));
    second.consumeSamples(slowly(bySecond));
    await publisher.connected(WAIT_MS);
    range(400).forEach((seq) => publisher.publishSample(sampleAt(seq)));
    await until(() => byFirst.length + bySecond.length >= 400, 'all are stored');
    expect(sorted([...byFirst, ...bySecond])).toEqual(range(400));
    expect(Math.min(byFirst.length, bySecond.length)).toBeGreaterThan(0);
  });

  it('tries a batch again that could not be stored, from what the stream gave once', async () => {
    const bus = open();
    const stored: number[] = [];
    let tried = 0;
    let failures = 2;
    bus.consumeSamples({
      durable: 'persistence',
      maxBatch: 10,
      lingerMs: 5,
      onBatch: (batch) => {
        tried += batch.length;
        if (failures-- > 0) return Promise.reject(new Error('the database is away'));
        for (const message of batch) {
          stored.push(seqOf(message));
          message.ack();
        }
        return Promise.resolve();
      },
    });
    await bus.connected(WAIT_MS);
    range(5).forEach((seq) => bus.publishSample(sampleAt(seq)));
    await until(() => stored.length === 5, 'all are stored');
    expect(sorted(stored)).toEqual(range(5));
    expect(tried).toBeGreaterThan(5);
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('drops and counts what is not a Sample of its subject, and stays up', async () => {
    const bus = open();
    const live: unknown[] = [];
    bus.subscribeSamples(subjects.allMetrics, (sample) => live.push(sample));
    await bus.connected(WAIT_MS);
    const client = await connect({ servers: nats.url });
    const send = (subject: string, payload: string | Uint8Array) => client.publish(subject, payload);
    send('perfwatch.v1.metrics.web-1.cpu', '{"host":');
    send('perfwatch.v1.metrics.web-1.cpu', new Uint8Array([0xff, 0xfe]));
    send('perfwatch.v1.metrics.web-1.cpu', '{"host":"web-1"}');
    send('perfwatch.v1.metrics.web-2.cpu', JSON.stringify(sampleAt(1)));
    send('perfwatch.v1.metrics.web-1.cpu.extra', JSON.stringify(sampleAt(1)));
    send('perfwatch.v1.metrics.web-1.cpu', JSON.stringify(sampleAt(2)));
    await until(() => live.length === 1, 'the good one arrives');
    expect(live).toEqual([sampleAt(2)]);
    expect(bus.counters().invalidMessages).toBe(5);
    const reported = log.lines.filter(({ message }) => message.includes('invalid')).map(({ fields }) => fields);
    expect(reported).toMatchObject([
      { subject: 'perfwatch.v1.metrics.web-1.cpu' },
      { subject: 'perfwatch.v1.metrics.web-2.cpu' },
      { subject: 'perfwatch.v1.metrics.web-1.cpu.extra' },
    ]);
    await client.close();
  });

  it('goes on delivering when a subscriber throws', async () => {
    const bus = open();
    const heard: number[] = [];
    bus.subscribe('perfwatch.internal.test', z.object({ value: z.number() }), ({ value }) => {
      heard.push(value);
      if (value === 0) throw new Error('a fault of the subscriber');
    });
    await bus.connected(WAIT_MS);
    bus.publish('perfwatch.internal.test', { value: 0 });
    bus.publish('perfwatch.internal.test', { value: 1 });
    await until(() => heard.length === 2, 'both arrive');
  });

  it('counts a Sample too large for NATS as dropped instead of queueing it for ever', async () => {
    const bus = open();
    await bus.connected(WAIT_MS);
    const core = Object.fromEntries(range(60_000).map((cpu) => [String(cpu), { usage_percent: 1 }]));
    bus.publishSample({ ...sampleAt(0), metrics: { core } });
    expect(bus.counters()).toMatchObject({ queuedSamples: 0, droppedSamples: 1 });
  });

  it('sends what is queued before it closes', async () => {
    const consumer = open();
    const stored: number[] = [];
    consume(consumer, stored);
    const bus = open();
    await bus.connected(WAIT_MS);
    range(100).forEach((seq) => bus.publishSample(sampleAt(seq)));
    await bus.close(WAIT_MS);
    await until(() => stored.length === 100, 'all are stored');
  });

  it('takes nothing more while it closes, and does not break over it', async () => {
    const bus = open();
    await bus.connected(WAIT_MS);
    const closed = new AbortController();
    const closing = bus.close().then(() => closed.abort());
    while (!closed.signal.aborted) {
      bus.publishBytes('late', Buffer.from('x'));
      await new Promise(setImmediate);
    }
    await closing;
    expect(bus.publishBytes('late', Buffer.from('x'))).toBe(false);
  });

  it('subscribes again after nats-server was away', async () => {
    const bus = open();
    const live: unknown[] = [];
    const states: boolean[] = [];
    bus.onState(({ connected }) => states.push(connected));
    bus.subscribeSamples(subjects.allMetrics, (sample) => live.push(sample));
    await bus.connected(WAIT_MS);
    await nats.kill();
    await until(() => !bus.state().connected, 'the loss is noticed');
    expect(bus.state().reason).toContain('127.0.0.1');
    await nats.start();
    await bus.connected(WAIT_MS);
    bus.publishSample(sampleAt(0));
    await until(() => live.length === 1, 'the Sample arrives');
    // The reason may change while it is away.
    expect(states.filter((connected, index) => connected !== states[index - 1])).toEqual([true, false, true]);
  });
});

describe('the bus and credentials', () => {
  const nats = new TestNats('authorization { users = [ { user: "u", password: "p@ss" } ] }');
  afterEach(() => nats.remove());

  it('says that they are refused and keeps trying', async () => {
    await nats.start();
    const log = recordingLog();
    const bus = openBus({ servers: nats.url.replace('//', '//u:wrong@'), name: 'test', log });
    await expect(bus.connected(1500)).rejects.toMatchObject({ code: 'unavailable' });
    expect(bus.state().reason).toContain('refuses these credentials');
    await bus.close();
    const permitted = openBus({ servers: nats.url.replace('//', '//u:p%40ss@'), name: 'test', log });
    await permitted.connected(WAIT_MS);
    await permitted.close();
    expect(JSON.stringify(log.lines)).not.toContain('wrong');
  });
});
