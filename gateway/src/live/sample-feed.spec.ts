import type { Sample } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { SampleFeed } from './sample-feed.ts';

/** Records what is subscribed to; the integration tests have a real NATS. */
function recordingBus() {
  const handlers = new Map<string, (sample: Sample) => void>();
  const subscribeSamples = (subject: string, handler: (sample: Sample) => void) => {
    if (handlers.has(subject)) throw new Error(`subscribed twice to ${subject}`);
    handlers.set(subject, handler);
    return {
      stop: () => {
        handlers.delete(subject);
        return Promise.resolve();
      },
    };
  };
  const send = (sample: Sample) => {
    for (const handler of [...handlers.values()]) handler(sample);
  };
  return { subscribeSamples, send, subjects: () => [...handlers.keys()] };
}

const sample = (seq: number, ts = '2026-11-23T19:20:31.000Z'): Sample => ({ host: 'a', collector: 'cpu', ts, run: 'r', seq, metrics: {} });

describe('SampleFeed', () => {
  it('subscribes once for each pattern and lets go with the last who wanted it', async () => {
    const bus = recordingBus();
    const feed = new SampleFeed(bus, () => undefined);
    feed.retain('a/*');
    feed.retain('a/*');
    feed.retain('*/*');
    expect(bus.subjects()).toEqual(['perfwatch.v1.metrics.a.*', 'perfwatch.v1.metrics.*.*']);
    feed.release('a/*');
    expect(feed.size).toBe(2);
    feed.release('a/*');
    feed.release('a/*');
    feed.release('never/retained');
    expect(bus.subjects()).toEqual(['perfwatch.v1.metrics.*.*']);
    await feed.stop();
    expect(bus.subjects()).toEqual([]);
  });

  it('gives each sample once, though several patterns bring it', () => {
    const bus = recordingBus();
    const seen: (number | undefined)[] = [];
    const feed = new SampleFeed(bus, ({ seq }) => seen.push(seq));
    for (const pattern of ['a/cpu', 'a/*', '*/cpu', '*/*'] as const) feed.retain(pattern);
    for (let seq = 0; seq < 3; seq++) bus.send(sample(seq));
    expect(seen).toEqual([0, 1, 2]);
  });

  it('gives late samples too', () => {
    const bus = recordingBus();
    const seen: (number | undefined)[] = [];
    new SampleFeed(bus, ({ seq }) => seen.push(seq)).retain('*/*');
    bus.send(sample(5, '2026-11-23T19:20:36.000Z'));
    bus.send(sample(1, '2026-11-23T19:20:32.000Z'));
    expect(seen).toEqual([5, 1]);
  });
});
