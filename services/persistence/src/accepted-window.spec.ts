import { createLogger } from '@perfwatch/service-kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AcceptedWindow } from './accepted-window.ts';

const NOW_MS = Date.parse('2026-11-23T19:20:31Z');
const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
const policy = (days: number) => ({ downsample_after_days: days, downsample_interval: '1m', retention_days: 90, archive_enabled: false });

describe('AcceptedWindow', () => {
  let stored: unknown = null;
  let reads = 0;
  let isAway = false;

  const settings = {
    get: () => {
      reads += 1;
      if (isAway) return Promise.reject(new Error('the database is away'));
      return Promise.resolve(stored === null ? null : { value: stored, updatedAt: new Date() });
    },
    initialize: () => Promise.reject(new Error('read only')),
    update: () => Promise.reject(new Error('read only')),
  };
  const open = () => new AcceptedWindow({ store: { settings }, log });
  const startOf = async (window: AcceptedWindow) => new Date(await window.startMs(NOW_MS)).toISOString().slice(0, 10);
  const later = (ms: number) => vi.advanceTimersByTime(ms);

  beforeEach(() => {
    [stored, reads, isAway] = [null, 0, false];
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => vi.useRealTimers());

  it('is seven whole days before there is a policy', async () => {
    expect(await startOf(open())).toBe('2026-11-16');
  });

  it('follows the policy within a minute, and asks once in that time', async () => {
    stored = policy(14);
    const window = open();
    expect(await startOf(window)).toBe('2026-11-09');
    stored = policy(30);
    later(59_000);
    expect(await startOf(window)).toBe('2026-11-09');
    expect(reads).toBe(1);
    later(2000);
    expect(await startOf(window)).toBe('2026-10-24');
  });

  it('follows the policy at once when told that it has changed', async () => {
    stored = policy(14);
    const window = open();
    expect(await startOf(window)).toBe('2026-11-09');
    stored = policy(30);
    window.refresh();
    expect(await startOf(window)).toBe('2026-10-24');
  });

  it('takes the backlog of an outage however short the policy is', async () => {
    stored = policy(1);
    expect(await startOf(open())).toBe('2026-11-16');
  });

  it('goes on with what it knew while the database is away, and guesses nothing before it has answered', async () => {
    isAway = true;
    const window = open();
    await expect(window.startMs(NOW_MS)).rejects.toThrow('away');
    isAway = false;
    stored = policy(30);
    expect(await startOf(window)).toBe('2026-10-24');
    isAway = true;
    later(120_000);
    expect(await startOf(window)).toBe('2026-10-24');
  });

  it('goes on with what it knew when the policy cannot be read', async () => {
    stored = policy(30);
    const window = open();
    expect(await startOf(window)).toBe('2026-10-24');
    stored = { downsample_after_days: 'for ever' };
    later(61_000);
    expect(await startOf(window)).toBe('2026-10-24');
  });
});
