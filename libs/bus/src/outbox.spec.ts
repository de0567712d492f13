import { describe, expect, it } from 'vitest';
import { Outbox, type OutboxOptions } from './outbox.ts';

interface Wire {
  connected: boolean;
  nowMs: number;
  /** Ids in the order they were sent. */
  sent: number[];
  dropped: string[];
  troubles: (string | null)[];
}

function outboxOn(wire: Wire, options: Partial<OutboxOptions> = {}): Outbox {
  return new Outbox({
    maxAgeMs: 60_000,
    maxBytes: 1000,
    window: 4,
    ackTimeoutMs: 3000,
    now: () => wire.nowMs,
    send: (id) => {
      if (wire.connected) wire.sent.push(id);
      return wire.connected;
    },
    onDrop: ({ messageId }) => wire.dropped.push(messageId),
    onTrouble: (reason) => wire.troubles.push(reason),
    ...options,
  });
}

const wire = (): Wire => ({ connected: true, nowMs: 0, sent: [], dropped: [], troubles: [] });
const add = (outbox: Outbox, count: number): void => {
  for (let n = 0; n < count; n++) outbox.add({ subject: 's', payload: new Uint8Array(100), messageId: String(n) });
};
const STORED = { stored: true } as const;
const REFUSED = { stored: false, reason: 'no stream' } as const;

describe('the outbox', () => {
  it('sends a Sample at once and forgets it when it is stored', () => {
    const w = wire();
    const outbox = outboxOn(w);
    add(outbox, 1);
    expect(w.sent).toEqual([0]);
    expect(outbox.size).toBe(1);
    outbox.acknowledge(0, STORED);
    expect(outbox.size).toBe(0);
    expect(outbox.bytes).toBe(0);
  });

  it('sends all that was not stored again on a new connection, oldest first, no more than the window at once', () => {
    const w = { ...wire(), connected: false };
    const outbox = outboxOn(w);
    add(outbox, 6);
    w.connected = true;
    outbox.connected();
    expect(w.sent).toEqual([0, 1, 2, 3]);
    outbox.acknowledge(0, STORED);
    outbox.acknowledge(1, STORED);
    expect(w.sent).toEqual([0, 1, 2, 3, 4, 5]);
    w.sent.length = 0;
    outbox.connected();
    expect(w.sent).toEqual([2, 3, 4, 5]);
  });

  it('drops the oldest beyond its bytes and beyond its age', () => {
    const w = { ...wire(), connected: false };
    const outbox = outboxOn(w);
    add(outbox, 12);
    expect(w.dropped).toEqual(['0', '1']);
    w.nowMs = 60_001;
    add(outbox, 1);
    expect(outbox.size).toBe(1);
  });

  it('goes on sending new Samples while there is no stream, and the refused ones once there is', () => {
    const w = wire();
    const outbox = outboxOn(w);
    add(outbox, 1);
    outbox.acknowledge(0, REFUSED);
    add(outbox, 1);
    outbox.acknowledge(1, REFUSED);
    expect(w.sent).toEqual([0, 1]);
    add(outbox, 1);
    outbox.acknowledge(2, STORED);
    expect(w.sent).toEqual([0, 1, 2, 0, 1]);
    expect(w.troubles).toEqual(['no stream', null]);
  });

  it('sends again what an acknowledged later Sample shows to be lost', () => {
    const w = wire();
    const outbox = outboxOn(w);
    add(outbox, 3);
    outbox.acknowledge(2, STORED);
    expect(w.sent).toEqual([0, 1, 2, 0, 1]);
  });

  it('tries the oldest again when no answer comes', () => {
    const w = wire();
    const outbox = outboxOn(w);
    add(outbox, 2);
    w.nowMs = 3000;
    outbox.checkTimeouts();
    expect(w.sent).toEqual([0, 1, 0]);
    outbox.acknowledge(0, STORED);
    expect(w.sent).toEqual([0, 1, 0, 1]);
    expect(w.troubles).toHaveLength(2);
  });

  it('does not mind an answer to what it dropped', () => {
    const w = wire();
    const outbox = outboxOn(w);
    add(outbox, 11);
    expect(w.dropped).toEqual(['0']);
    outbox.acknowledge(0, STORED);
    expect(outbox.size).toBe(10);
  });
});
