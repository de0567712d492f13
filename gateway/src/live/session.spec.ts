import { PerfwatchError } from '@perfwatch/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { handshakeToken, isRevoked, Session } from './session.ts';

const identity = { userId: 'u1', username: 'x', role: 'viewer', tokenId: 't1', expiresAtMs: 0, scope: null } as const;

describe('handshakeToken', () => {
  it.each([undefined, null, {}, [], 'token', { token: '' }, { token: 1 }, { token: 'x'.repeat(9000) }])('refuses %j', (auth) => {
    expect(() => handshakeToken(auth)).toThrow(PerfwatchError);
  });
  it('takes the token of auth', () => {
    expect(handshakeToken({ token: 'abc' })).toBe('abc');
  });
});

describe('isRevoked', () => {
  it('is true for that token, and for the others of that user', () => {
    expect(isRevoked(identity, { tokenId: 't1' })).toBe(true);
    expect(isRevoked(identity, { tokenId: 't2' })).toBe(false);
    expect(isRevoked(identity, { userId: 'u1', exceptTokenId: null })).toBe(true);
    expect(isRevoked(identity, { userId: 'u1', exceptTokenId: 't1' })).toBe(false);
    expect(isRevoked(identity, { userId: 'u2', exceptTokenId: null })).toBe(false);
  });
});

describe('a session', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const DAY_MS = 86_400_000;
  const lasting = (days: number) => {
    const onEnd = vi.fn();
    const session = new Session({ identity: { ...identity, expiresAtMs: Date.now() + days * DAY_MS }, onEnd });
    session.start();
    return { session, onEnd };
  };

  it.each([1, 60])('ends with a token of %i days, and once', (days) => {
    const { session, onEnd } = lasting(days);
    vi.advanceTimersByTime(days * DAY_MS - 1);
    expect(onEnd).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    session.revoke({ tokenId: 't1' });
    expect(onEnd).toHaveBeenCalledTimes(1);
  });

  it('goes on with another token until that ends, and by the session that it is of', () => {
    const { session, onEnd } = lasting(1);
    session.renew({ ...identity, tokenId: 't2', expiresAtMs: Date.now() + 3 * DAY_MS });
    expect(session.tokenId).toBe('t2');
    session.revoke({ tokenId: 't1' });
    vi.advanceTimersByTime(3 * DAY_MS - 1);
    expect(onEnd).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onEnd).toHaveBeenCalledTimes(1);
  });

  it('takes the token of nobody else, and none when it has ended', () => {
    const { session, onEnd } = lasting(1);
    expect(() => session.renew({ ...identity, userId: 'u2' })).toThrow(expect.objectContaining({ code: 'forbidden' }));
    expect(session.tokenId).toBe('t1');
    vi.advanceTimersByTime(DAY_MS);
    expect(onEnd).toHaveBeenCalledTimes(1);
    expect(() => session.renew({ ...identity, expiresAtMs: null })).toThrow(expect.objectContaining({ code: 'unauthorized' }));
  });

  it('ends no more once closed', () => {
    const { session, onEnd } = lasting(1);
    session.close();
    session.revoke({ tokenId: 't1' });
    vi.advanceTimersByTime(2 * DAY_MS);
    expect(onEnd).not.toHaveBeenCalled();
  });
});
