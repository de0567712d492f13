import { describe, expect, it } from 'vitest';
import { lossReason } from './loss-reason.ts';

const AT_MS = Date.parse('2026-11-23T19:20:31Z');

describe('lossReason', () => {
  it('tells how many Samples the stream dropped and when the last, for an hour', () => {
    const told = lossReason({ count: 1629, lastAtMs: AT_MS }, AT_MS + 3_600_000);
    expect(told).toMatch(/^1629 Samples were dropped.*2026-11-23T19:20:31.000Z$/);
    expect(lossReason({ count: 1, lastAtMs: AT_MS }, AT_MS)).toMatch(/^1 Sample was dropped/);
    expect(lossReason({ count: 1629, lastAtMs: AT_MS }, AT_MS + 3_600_001)).toBeNull();
  });

  it('tells nothing when nothing was dropped', () => {
    expect(lossReason(null, AT_MS)).toBeNull();
  });
});
