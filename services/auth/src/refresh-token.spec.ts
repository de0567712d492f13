import { describe, expect, it } from 'vitest';
import {
  generateRefreshToken,
  generateSalt,
  hashRefreshToken,
  nextRefreshToken,
  parseRefreshToken,
  writeRefreshToken,
} from './refresh-token.ts';

describe('a refresh token', () => {
  const token = generateRefreshToken();
  const salt = generateSalt();

  it('is read as it was written', () => {
    expect(parseRefreshToken(writeRefreshToken(token))).toEqual(token);
  });

  it('has 256 bits of its own, never the same', () => {
    expect(Buffer.from(token.secret, 'base64url')).toHaveLength(32);
    const secrets = new Set(Array.from({ length: 100 }, () => generateRefreshToken().secret));
    expect(secrets.size).toBe(100);
  });

  it('is followed by one of its family, the same for the same salt and another for every other', () => {
    const next = nextRefreshToken(token, salt);
    expect(next).toEqual({ family: token.family, secret: expect.any(String) });
    expect(parseRefreshToken(writeRefreshToken(next))).toEqual(next);
    expect(nextRefreshToken(token, salt)).toEqual(next);
    expect(nextRefreshToken(token, generateSalt()).secret).not.toBe(next.secret);
    expect(nextRefreshToken(generateRefreshToken(), salt).secret).not.toBe(next.secret);
  });

  it('is kept as hashes that it cannot be told from', () => {
    const { familyHash, secretHash } = hashRefreshToken(token);
    for (const hash of [familyHash, secretHash]) {
      expect(hash).toHaveLength(32);
      expect(writeRefreshToken(token)).not.toContain(Buffer.from(hash).toString('base64url'));
    }
  });

  it.each(['', '.', 'x', `${'x'.repeat(43)}.`, `${'x'.repeat(43)}.${'y'.repeat(44)}`, `${'x'.repeat(43)}.${'\0'.repeat(43)}`])(
    'is not %j',
    (text) => {
      expect(parseRefreshToken(text)).toBeNull();
    },
  );
});
