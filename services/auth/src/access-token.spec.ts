import { createHmac } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { issueToken, readToken, type Claims } from './access-token.ts';
import type { SigningKeys } from './signing-key.ts';

const KEY = 'sXr1m0yq3cJvZb7dK2uN8wTgPzHaLf4Q';
const OLD_KEY = 'another-key-that-is-just-as-long-as-ours';
const NOW_MS = Date.UTC(2026, 10, 23, 19, 20, 31, 700);
const IAT = Math.floor(NOW_MS / 1000);
const SECRETS: Readonly<Record<string, string>> = { k2: KEY, k1: OLD_KEY };

const keysFrom = (kid: string): SigningKeys => ({
  current: () => ({ kid, secret: SECRETS[kid] ?? '' }),
  find: (asked) => Promise.resolve(SECRETS[asked] ?? null),
  close: () => undefined,
});
const keys = keysFrom('k2');
const subject = { userId: 'user-1', role: 'admin', sessionId: 'session-1', expiresAt: IAT + 900 } as const;
const clock = { keys, nowMs: NOW_MS };
const token = issueToken(subject, clock);
const claims: Claims = { sub: 'user-1', sid: 'session-1', iat: IAT, exp: IAT + 900, role: 'admin' };
const header = { alg: 'HS256', typ: 'JWT', kid: 'k2' };

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
const sign = (head: unknown, body: unknown, key = KEY) => {
  const signed = `${encode(head)}.${encode(body)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
};
const unauthorized = { name: 'PerfwatchError', code: 'unauthorized' };

describe('a token', () => {
  it('carries who it is for, of which session, since when and until when, which key signed it, and nothing secret', async () => {
    expect(await readToken(token, clock)).toEqual(claims);
    expect(jwt.decode(token, { complete: true })?.header).toEqual(header);
  });

  it('ends to the second', async () => {
    const endMs = (IAT + 900) * 1000;
    await expect(readToken(token, { keys, nowMs: endMs - 1 })).resolves.toBeDefined();
    await expect(readToken(token, { keys, nowMs: endMs })).rejects.toMatchObject({
      ...unauthorized,
      message: expect.stringMatching(/ended/),
    });
  });

  it('signed with the key before is read with the one it names', async () => {
    expect(await readToken(issueToken(subject, { ...clock, keys: keysFrom('k1') }), clock)).toEqual(claims);
  });
});

describe('readToken', () => {
  const [head = '', body = '', signature = ''] = token.split('.');

  it.each([
    ['nothing', ''],
    ['no token', 'hello'],
    ['a dot', '.'],
    ['a token signed with another key', sign(header, claims, OLD_KEY)],
    ['a key that nobody has', sign({ ...header, kid: 'k9' }, claims)],
    ['no key', sign({ alg: 'HS256', typ: 'JWT' }, claims)],
    ['a key that is a path', sign({ ...header, kid: '../../dev/null' }, claims, '')],
    ['a key named like what every object has', sign({ ...header, kid: 'constructor' }, claims)],
    ['a key that is a list', sign({ ...header, kid: ['k2'] }, claims)],
    ['alg none', `${encode({ ...header, alg: 'none' })}.${body}.`],
    ['alg none with the old signature', `${encode({ ...header, alg: 'none' })}.${body}.${signature}`],
    ['another HMAC', jwt.sign(claims, KEY, { algorithm: 'HS512', keyid: 'k2' })],
    ['a key that it brings itself', sign({ ...header, jwk: { kty: 'oct', k: 'eA' } }, claims, 'x')],
    ['other claims under the old signature', `${head}.${encode({ ...claims, sub: 'someone-else' })}.${signature}`],
    ['no signature', `${head}.${body}.`],
    ['no end', sign(header, { ...claims, exp: undefined })],
    ['no session', sign(header, { ...claims, sid: undefined })],
    ['an unknown role', sign(header, { ...claims, role: 'root' })],
    ['claims that are text', jwt.sign('text', KEY, { algorithm: 'HS256', keyid: 'k2' })],
    ['a megabyte', 'x'.repeat(1_000_000)],
  ])('refuses %s', async (_, forged) => {
    await expect(readToken(forged, clock)).rejects.toMatchObject(unauthorized);
  });

  it('takes what was signed by hand with the same key, so the refusals above are for their own reasons', async () => {
    await expect(readToken(sign(header, claims), clock)).resolves.toEqual(claims);
  });
});
