import { PerfwatchError, type Identity } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { RequestLimits, type TokenCheck } from './request-limits.ts';

const identityOf = (userId: string): Identity => ({
  userId,
  username: userId,
  role: 'viewer',
  tokenId: 't',
  expiresAtMs: null,
  scope: null,
});
const tooMany: unknown = expect.objectContaining({ code: 'too_many_requests', retryAfterSeconds: 60 });
const unauthorized: unknown = expect.objectContaining({ code: 'unauthorized' });
const PROXY = '10.0.0.1';

/** Checks tokens as the service auth does: `<user>-token...` is valid. */
function checks() {
  const counted = { verified: 0 };
  const check = (token: string, address = PROXY): TokenCheck => ({
    token,
    address,
    verify: () => {
      counted.verified += 1;
      const [user = '', kind = ''] = token.split('-');
      return kind.startsWith('token')
        ? Promise.resolve(identityOf(user))
        : Promise.reject(new PerfwatchError('unauthorized', 'This token is not valid'));
    },
  });
  return { check, counted };
}

describe('a user', () => {
  it('has one limit over all of their tokens and addresses, and does not use up that of another behind the same proxy', async () => {
    const limits = new RequestLimits({ userPerMinute: 4 });
    const { check } = checks();
    for (const token of ['ada-token1', 'ada-token2']) for (let request = 0; request < 2; request += 1) await limits.identify(check(token));
    await expect(limits.identify(check('ada-token3', '10.0.0.2'))).rejects.toEqual(tooMany);
    await expect(limits.identify(check('grace-token'))).resolves.toMatchObject({ userId: 'grace' });
  });

  it('who asks too much costs no more checks of the token', async () => {
    const limits = new RequestLimits({ userPerMinute: 4 });
    const { check, counted } = checks();
    for (let request = 0; request < 4; request += 1) await limits.identify(check('ada-token'));
    for (let request = 0; request < 20; request += 1) await expect(limits.identify(check('ada-token'))).rejects.toEqual(tooMany);
    expect(counted.verified).toBe(4);
  });
});

describe('tokens that are not valid', () => {
  it('use up the limit of their address, and then are not even looked at', async () => {
    const limits = new RequestLimits({ strangerPerMinute: 5 });
    const { check, counted } = checks();
    for (let guess = 0; guess < 5; guess += 1) await expect(limits.identify(check(`bad-${guess}`))).rejects.toEqual(unauthorized);
    for (let guess = 5; guess < 20; guess += 1) await expect(limits.identify(check(`bad-${guess}`))).rejects.toEqual(tooMany);
    expect(counted.verified).toBe(5);
    await expect(limits.identify(check('bad', '10.0.0.9'))).rejects.toEqual(unauthorized);
  });

  it('do not keep those out who work behind the same proxy', async () => {
    const limits = new RequestLimits({ strangerPerMinute: 5 });
    const { check } = checks();
    await limits.identify(check('ada-token'));
    for (let guess = 0; guess < 9; guess += 1) await limits.identify(check(`bad-${guess}`)).catch(() => undefined);
    await expect(limits.identify(check('ada-token'))).resolves.toMatchObject({ userId: 'ada' });
  });
});

describe('who comes without a token', () => {
  it('counts by address, an IPv6 network as one', () => {
    const limits = new RequestLimits({ strangerPerMinute: 2, filesPerMinute: 3 });
    limits.takeStranger('2001:db8::1');
    limits.takeStranger('2001:db8::2');
    expect(() => limits.takeStranger('2001:db8::3')).toThrow(PerfwatchError);
    expect(() => limits.takeStranger('2001:db8:0:1::1')).not.toThrow();
    for (let file = 0; file < 3; file += 1) limits.takeFile('2001:db8::1');
    expect(() => limits.takeFile('2001:db8::1')).toThrow(/Too many requests from this address/);
  });

  it('has the limit of a route that has one of its own', () => {
    const limits = new RequestLimits({ strangerPerMinute: 3 });
    const login = { url: '/login', perMinute: 3 };
    for (let request = 0; request < 3; request += 1) limits.takeRoute(PROXY, login);
    expect(() => limits.takeRoute(PROXY, login)).toThrow(PerfwatchError);
    expect(() => limits.takeRoute(PROXY, { url: '/refresh', perMinute: 3 })).not.toThrow();
    expect(() => limits.takeStranger(PROXY)).not.toThrow();
  });
});
