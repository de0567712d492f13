import { describe, expect, it } from 'vitest';
import { generateApiToken, hashApiToken, looksLikeApiToken } from './api-token.ts';

describe('an API token', () => {
  it('is recognizable, fits an Authorization header and is never the same', () => {
    const [one, other] = [generateApiToken(), generateApiToken()];
    expect(one).toMatch(/^pw_[A-Za-z0-9_-]{43}$/);
    expect(one).not.toBe(other);
    expect(looksLikeApiToken(one)).toBe(true);
    expect(looksLikeApiToken('eyJhbGciOiJIUzI1NiJ9.e30.x')).toBe(false);
  });

  it('has a hash that does not hold it', () => {
    const token = generateApiToken();
    const hash = hashApiToken(token);
    expect(hash).toHaveLength(32);
    expect(hash).toEqual(hashApiToken(token));
    expect(hash).not.toEqual(hashApiToken(generateApiToken()));
  });

  it.each(['', 'pw_', 'pw_short', `pw_${'x'.repeat(44)}`, `pw_${'!'.repeat(43)}`, `pw_${'x'.repeat(42)}\n`])('cannot be %j', (text) => {
    expect(hashApiToken(text)).toBeNull();
  });
});
