import type { StoredMessage } from '@perfwatch/bus';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSample } from './sample-row.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const nowMs = Date.parse('2026-11-23T19:20:31Z');

const times = { nowMs, acceptedFromMs: nowMs - 7 * DAY_MS };

function messageOf(payload: Uint8Array): StoredMessage {
  const settled = () => undefined;
  return { subject: 'perfwatch.v1.metrics.web-1.cpu', payload, ack: settled, discard: settled };
}
const read = (ts: string) =>
  readSample(messageOf(Buffer.from(JSON.stringify({ host: 'web-1', collector: 'cpu', ts, metrics: {} }))), times);
const readAt = (ms: number) => read(new Date(ms).toISOString());

describe('readSample', () => {
  it.each(['2026-11-23T20:20:31+01:00', '2026-11-23T19:20:31.000000Z', '2026-11-23T12:50:31-06:30'])('puts %s into UTC', (ts) => {
    expect(read(ts)).toMatchObject({ row: { ts: '2026-11-23T19:20:31.000Z' }, tsMs: nowMs });
  });

  it('takes what is within the days that are kept, and at most an hour ahead', () => {
    expect(readAt(nowMs - 7 * DAY_MS)).toHaveProperty('row');
    expect(readAt(nowMs - 7 * DAY_MS - 1)).toHaveProperty('reason');
    expect(readAt(nowMs + HOUR_MS)).toHaveProperty('row');
    expect(readAt(nowMs + HOUR_MS + 1)).toHaveProperty('reason');
  });

  it('gives a row or a reason for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (payload) => {
        expect(readSample(messageOf(payload), times)).toHaveProperty('reason', expect.any(String));
      }),
    );
  });
});
