import { createHmac } from 'node:crypto';
import type { User } from '@perfwatch/store';
import jwt from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { issueToken, readToken, TOKEN_LIFETIME_SECONDS } from './access-token.ts';

const KEY = 'sXr1m0yq3cJvZb7dK2uN8wTgPzHaLf4Q';
const NOW_MS = Date.UTC(2026, 10, 23, 19, 20, 31, 700);
const user: User = {
  id: '0b0d6a6e-6a3c-4a9c-9b53-5f0c8f4b8a11',
  username: 'admin',
  passwordHash: 'never in a token',
  role: 'admin',
  tokenVersion: 3,
  sparedTokenId: null,
  createdAt: new Date(NOW_MS),
};
const clock = { key: KEY, nowMs: NOW_MS };
const token = issueToken(user, clock);

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
const sign = (head: unknown, claims: unknown) => {
  const signed = `${encode(head)}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', KEY).update(signed).digest('base64url')}`;
};
const reasonFor = (text: string, { key = KEY, nowMs = NOW_MS } = {}) => {
  try {
    readToken(text, { key, nowMs });
    return null;
  } catch (error) {
    return error;
  }
};

describe('a token', () => {
  it('carries who it is for, since when and until when, and nothing secret', () => {
    const claims = readToken(token, clock);
    const iat = Math.floor(NOW_MS / 1000);
    expect(claims).toEqual({ sub: user.id, jti: expect.any(String), iat, exp: iat + 86_400, role: 'admin', token_version: 3 });
    expect(jwt.decode(token, { complete: true })?.header).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(TOKEN_LIFETIME_SECONDS).toBe(86_400);
  });

  it('is never the same twice', () => {
    expect(readToken(issueToken(user, clock), clock).jti).not.toBe(readToken(token, clock).jti);
  });

  it('ends after 24 hours, to the second', () => {
    const endMs = readToken(token, clock).exp * 1000;
    expect(reasonFor(token, { nowMs: endMs - 1 })).toBeNull();
    expect(reasonFor(token, { nowMs: endMs })).toMatchObject({ code: 'unauthorized', message: expect.stringMatching(/ended/) });
  });
});

describe('readToken', () => {
  const claims = readToken(token, clock);
  const [head = '', body = '', signature = ''] = token.split('.');

  it.each([
    ['nothing', ''],
    ['no token', 'hello'],
    ['a token signed with another key', issueToken(user, { ...clock, key: 'another-key-that-is-just-as-long-as-ours' })],
    ['alg none', `${encode({ alg: 'none', typ: 'JWT' })}.${body}.`],
    ['alg none with the old signature', `${encode({ alg: 'none', typ: 'JWT' })}.${body}.${signature}`],
    ['another HMAC', jwt.sign(claims, KEY, { algorithm: 'HS512' })],
    ['other claims under the old signature', `${head}.${encode({ ...claims, sub: 'someone-else' })}.${signature}`],
    ['no signature', `${head}.${body}.`],
    ['no end', sign({ alg: 'HS256', typ: 'JWT' }, { ...claims, exp: undefined })],
    ['no id', sign({ alg: 'HS256', typ: 'JWT' }, { ...claims, jti: undefined })],
    ['no version', sign({ alg: 'HS256', typ: 'JWT' }, { ...claims, token_version: undefined })],
    ['an unknown role', sign({ alg: 'HS256', typ: 'JWT' }, { ...claims, role: 'root' })],
    ['claims that are text', jwt.sign('text', KEY, { algorithm: 'HS256' })],
    ['a megabyte', 'x'.repeat(1_000_000)],
  ])('refuses %s', (_, forged) => {
    expect(reasonFor(forged)).toMatchObject({ name: 'PerfwatchError', code: 'unauthorized' });
  });

  it('takes what was signed by hand with the same key, so the refusals above are for their own reasons', () => {
    expect(reasonFor(sign({ alg: 'HS256', typ: 'JWT' }, claims))).toBeNull();
  });
});
