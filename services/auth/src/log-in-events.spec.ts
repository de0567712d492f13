import { createLogger } from '@perfwatch/service-kit';
import type { NewAuditEvent } from '@perfwatch/store';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogInEvents } from './log-in-events.ts';

const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
const ADA = { userId: '3f0c2c1e-58d5-4a68-9b19-1f0f1a6f2a11', username: 'ada', apiTokenId: null, address: '192.0.2.8' };
const WRONG = { address: '192.0.2.7', username: 'ada', reason: 'wrong_password' } as const;

let written: NewAuditEvent[] = [];
let fault: Error | null = null;
let events: LogInEvents;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  written = [];
  fault = null;
  const write = (event: NewAuditEvent) => (fault === null ? Promise.resolve(void written.push(event)) : Promise.reject(fault));
  events = new LogInEvents({ auditEvents: { write }, log });
});
afterEach(() => vi.useRealTimers());

const after = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const told = () => written.map(({ action, address, target, details }) => ({ action, address, target, ...details }));

describe('log-ins in the audit trail', () => {
  it('are each told, with who and from where', async () => {
    events.succeeded(ADA);
    await after(0);
    expect(written).toMatchObject([{ action: 'login', by: ADA, target: null }]);
  });

  it('that are refused again and again are told as the first, and how many more within a minute', async () => {
    for (let index = 0; index < 500; index += 1) events.refused(WRONG);
    events.refused({ ...WRONG, address: '192.0.2.9' });
    await after(0);
    const first = { action: 'login_failed', address: '192.0.2.7', target: 'ada', reason: 'wrong_password' };
    expect(told()).toEqual([first, { ...first, address: '192.0.2.9' }]);
    await after(60_000);
    expect(told().slice(2)).toEqual([{ ...first, times: 499 }]);
    events.refused(WRONG);
    await after(0);
    expect(told().slice(3)).toEqual([first]);
  });

  it('tell apart a hundred kinds of refusals in a minute, and count the rest of a flood together', async () => {
    for (let index = 0; index < 70_000; index += 1) {
      events.refused({ address: `198.51.${index >> 8}.${index & 255}`, username: null, reason: 'wrong_password' });
    }
    await after(60_000);
    expect(written).toHaveLength(101);
    expect(told().at(-1)).toEqual({ action: 'login_failed', address: null, target: null, reason: 'wrong_password', times: 69_900 });
  });

  it('wait while the database is full, which health says, and are written with their time when it is not', async () => {
    const startMs = Date.now();
    fault = new Error('No space left on device');
    events.succeeded(ADA);
    await after(0);
    expect(events.fault).toBe('1 log-ins wait to be written to the audit trail, 0 are lost: No space left on device');
    for (let index = 0; index < 1500; index += 1) events.succeeded(ADA);
    await after(4000);
    expect(events.fault).toMatch(/^1000 log-ins wait .* 501 are lost: No space left on device$/);
    fault = null;
    await after(10_000);
    expect(events.fault).toBeNull();
    expect(written).toHaveLength(1000);
    expect(written[0]?.at?.getTime()).toBe(startMs);
  });

  it('that were counted are told before the service ends', async () => {
    for (let index = 0; index < 3; index += 1) events.refused(WRONG);
    await events.stop();
    expect(written.map(({ details }) => details?.['times'])).toEqual([undefined, 2]);
  });

  it('do not keep the service from ending when they cannot be written', async () => {
    const never = new LogInEvents({ auditEvents: { write: () => new Promise(() => undefined) }, log });
    never.succeeded(ADA);
    const stopped = never.stop();
    await after(2000);
    await expect(stopped).resolves.toBeUndefined();
  });
});
