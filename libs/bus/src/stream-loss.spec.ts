import { describe, expect, it } from 'vitest';
import { StreamLoss, type StreamReading } from './stream-loss.ts';

const reading = (change: Partial<StreamReading>): StreamReading => ({
  firstSeq: 1,
  deliveredSeq: 0,
  deliveries: 0,
  isAtBound: false,
  ...change,
});
const after = (...readings: Partial<StreamReading>[]) => {
  const loss = new StreamLoss();
  for (const change of readings) loss.observe(reading(change));
  return loss.dropped;
};

describe('StreamLoss', () => {
  it('counts nothing while everything is delivered', () => {
    expect(after({}, { firstSeq: 101, deliveredSeq: 200, deliveries: 200 }, { firstSeq: 900, deliveredSeq: 1000, deliveries: 1000 })).toBe(
      0,
    );
  });

  it('counts what is gone while nothing is delivered, and the same when deliveries go on behind the gap', () => {
    const loss = new StreamLoss();
    loss.observe(reading({ firstSeq: 101, deliveredSeq: 150, deliveries: 150 }));
    loss.observe(reading({ firstSeq: 141, deliveredSeq: 150, deliveries: 150, isAtBound: true }));
    expect(loss.dropped).toBe(0);
    loss.observe(reading({ firstSeq: 401, deliveredSeq: 150, deliveries: 150, isAtBound: true }));
    expect(loss.dropped).toBe(250);
    loss.observe(reading({ firstSeq: 701, deliveredSeq: 150, deliveries: 150, isAtBound: true }));
    expect(loss.dropped).toBe(550);
    loss.observe(reading({ firstSeq: 901, deliveredSeq: 1000, deliveries: 450 }));
    expect(loss.dropped).toBe(550);
    loss.observe(reading({ firstSeq: 1501, deliveredSeq: 1500, deliveries: 950 }));
    expect(loss.dropped).toBe(550);
  });

  it('counts what is dropped between two deliveries of a reader that is too slow', () => {
    const slow = { deliveredSeq: 5000, deliveries: 1000, firstSeq: 4901, isAtBound: true };
    expect(after({ deliveredSeq: 1000, deliveries: 1000, isAtBound: true }, { ...slow, deliveries: 2000 })).toBe(3000);
  });

  it('counts what was dropped while no persistence ran', () => {
    expect(after({ firstSeq: 301, deliveredSeq: 100, deliveries: 100, isAtBound: true })).toBe(200);
  });

  it('adds up outages', () => {
    const first = { firstSeq: 201, deliveredSeq: 100, deliveries: 100, isAtBound: true };
    const between = { firstSeq: 401, deliveredSeq: 400, deliveries: 300 };
    const second = { firstSeq: 451, deliveredSeq: 400, deliveries: 300, isAtBound: true };
    expect(after(first, between, between, second)).toBe(150);
  });

  it('does not take a message that is delivered again for one that arrived', () => {
    const loss = new StreamLoss();
    loss.observe(reading({ deliveredSeq: 100, deliveries: 100, isAtBound: true }));
    for (let again = 0; again < 30; again++) loss.noteRepeated();
    loss.observe(reading({ firstSeq: 151, deliveredSeq: 200, deliveries: 180, isAtBound: true }));
    expect(loss.dropped).toBe(50);
  });

  it('believes no gap in a stream that has room: a server that was killed may have forgotten what it delivered', () => {
    expect(after({ deliveredSeq: 500, deliveries: 500, firstSeq: 501 }, { deliveredSeq: 400, deliveries: 400, firstSeq: 501 })).toBe(0);
  });

  it('begins anew with a consumer that was made again, and keeps its count', () => {
    const lost = { firstSeq: 301, deliveredSeq: 100, deliveries: 100, isAtBound: true };
    expect(after(lost, { firstSeq: 1, deliveredSeq: 0, deliveries: 0 }, { firstSeq: 51, deliveredSeq: 50, deliveries: 50 })).toBe(200);
  });
});
