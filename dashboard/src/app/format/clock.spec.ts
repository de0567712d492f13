import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { clockIn } from './clock.ts';

const NOON_MS = Date.UTC(2026, 10, 24, 12, 0, 0);

describe('clockIn', () => {
  beforeAll(() => {
    vi.stubEnv('TZ', 'Asia/Kolkata');
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  it('shows UTC, and says so', () => {
    const clock = clockIn('utc', 'en-GB');
    expect(clock.zone).toBe('UTC');
    expect(clock.seconds(NOON_MS)).toBe('12:00:00');
    expect(clock.moment(NOON_MS)).toBe('24 Nov 2026, 12:00:00');
    expect(clock.date(NOON_MS)).toBe('24 Nov 2026');
  });

  it('shows the time of the zone that the viewer is in, and names it', () => {
    const clock = clockIn('local', 'en-GB');
    expect(clock.zone).toMatch(/^Asia\/(Kolkata|Calcutta)$/);
    expect(clock.seconds(NOON_MS)).toBe('17:30:00');
    expect(clock.date(Date.UTC(2026, 10, 24, 23))).toBe('25 Nov 2026');
  });

  it('shows seconds on an axis only where they are not zero', () => {
    const { axis } = clockIn('utc', 'en-GB');
    expect([axis(NOON_MS), axis(NOON_MS + 15_000)]).toEqual(['12:00', '12:00:15']);
  });

  it('counts hours to 23', () => {
    expect(clockIn('utc', 'en-US').axis(Date.UTC(2026, 0, 1))).toBe('00:00');
  });
});
