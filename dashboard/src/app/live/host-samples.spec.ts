import type { Sample, SubscribeReply, SubscribeRequest } from '@perfwatch/contract';
import { of } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readFrame } from './frame.ts';
import { HostSamples } from './host-samples.ts';
import type { LiveSocket } from './live-feed.ts';

const WINDOW_MS = 60_000;
const START_MS = Date.parse('2026-11-25T10:00:00.000Z');
const LOOK = { host: 'web-1', windowMs: WINDOW_MS };

const sampleAt = (timeMs: number): Sample => ({
  host: 'web-1',
  collector: 'cpu',
  ts: new Date(timeMs).toISOString(),
  interval_ms: 1000,
  metrics: { usage_percent: 50 },
});
const between = (fromMs: number, toMs: number) =>
  Array.from({ length: Math.floor((toMs - fromMs) / 1000) + 1 }, (_, index) => sampleAt(fromMs + index * 1000));

/** A server that has samples of every second since the start, as far as it has stored them. */
class Server {
  storedUntilMs = START_MS;
  readonly asked: SubscribeRequest[] = [];

  connect(): LiveSocket {
    const emit = (_event: string, request: SubscribeRequest, reply: (error: Error | null, answer: SubscribeReply) => void) => {
      this.asked.push(request);
      const fromMs = Math.max(START_MS, Date.now() - (request.backfill_seconds ?? 0) * 1000);
      reply(null, { ok: true, backfill: between(Math.ceil(fromMs / 1000) * 1000, this.storedUntilMs) });
    };
    const socket: unknown = { connected: true, timeout: () => ({ emit }), emit };
    return socket as LiveSocket;
  }
}

describe('HostSamples', () => {
  let server: Server;
  let samples: HostSamples;

  beforeEach(() => {
    vi.useFakeTimers({ now: START_MS, toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    server = new Server();
    samples = new HostSamples({ past: { load: () => of({ samples: [], fault: null }) }, clock: { ask: () => undefined } });
  });
  afterEach(() => void vi.useRealTimers());

  /** Lets seconds pass in which every sample arrives live. */
  const live = (seconds: number, { isStored = true } = {}) => {
    for (let second = 0; second < seconds; second++) {
      vi.advanceTimersByTime(1000);
      if (isStored) server.storedUntilMs = Date.now();
      samples.onSample(sampleAt(Date.now()));
    }
  };
  const gaps = () => {
    const table = samples.memory.table('cpu');
    const range = { fromMs: Date.now() - WINDOW_MS, toMs: Date.now() };
    const rows = table === null ? [] : readFrame(table, { paths: [{ metric: 'usage_percent' }], range, bucketMs: 1000 });
    return rows.filter(([, value]) => value === null).length;
  };

  it('closes a gap although the samples of it are stored only after the page is back', () => {
    samples.onConnected(server.connect());
    samples.switchTo(LOOK, WINDOW_MS);
    live(30);
    vi.advanceTimersByTime(10_000);
    samples.onConnected(server.connect());
    live(4, { isStored: false });
    expect(gaps()).toBe(1);
    live(8);
    expect(gaps()).toBe(0);
  });

  it('asks no more once everything is there', () => {
    samples.onConnected(server.connect());
    samples.switchTo(LOOK, WINDOW_MS);
    live(60);
    const asked = server.asked.length;
    live(300);
    expect(server.asked).toHaveLength(asked);
  });

  it('gives up on what nobody has', () => {
    samples.onConnected(server.connect());
    samples.switchTo(LOOK, WINDOW_MS);
    live(30);
    vi.advanceTimersByTime(10_000);
    samples.onConnected(server.connect());
    live(400, { isStored: false });
    const asked = server.asked.length;
    live(400, { isStored: false });
    expect(server.asked).toHaveLength(asked);
    expect(asked).toBeLessThan(12);
  });

  it('gets the past that history could not give while it started, and loses nothing that came meanwhile', () => {
    vi.setSystemTime(START_MS + 30_000);
    server.storedUntilMs = 0;
    samples.switchTo(LOOK, WINDOW_MS);
    samples.onConnected(server.connect());
    live(5, { isStored: false });
    expect(samples.memory.table('cpu')?.length).toBe(5);
    server.storedUntilMs = START_MS + 32_000;
    live(10, { isStored: false });
    const table = samples.memory.table('cpu');
    expect(table?.timeAt(0)).toBe(START_MS);
    live(10);
    expect(gaps()).toBe(0);
  });
});
