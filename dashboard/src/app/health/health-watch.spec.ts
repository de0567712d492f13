import type { Readiness } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { isAway, nextHealth, UNHEARD } from './health-watch.ts';

const well: Readiness = { status: 'ready', dependencies: { nats: { up: true, reason: null } } };
const ill: Readiness = { status: 'not_ready', dependencies: { nats: { up: false, reason: null } } };
const online = { isOffline: false };

describe('nextHealth', () => {
  it('is not alarmed by one answer that is missing, and keeps what it knew', () => {
    const once = nextHealth(nextHealth(UNHEARD, ill, online), null, online);
    expect(once.lines.map(({ text }) => text)).toEqual(['NATS is down']);
    expect(isAway(once)).toBe(false);
  });

  it('says that the server is away, and nothing any more when it is back', () => {
    const away = nextHealth(nextHealth(UNHEARD, null, online), null, online);
    expect(away.lines[0]?.text).toMatch(/^PerfWatch does not answer/);
    expect(isAway(away)).toBe(true);
    expect(nextHealth(away, well, online)).toEqual({ lines: [], unanswered: 0 });
  });

  it('blames the network of this device where it has none', () => {
    const away = nextHealth(nextHealth(UNHEARD, null, online), null, { isOffline: true });
    expect(away.lines[0]?.text).toMatch(/^This device is offline/);
  });
});
