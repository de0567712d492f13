import { createHash, randomBytes } from 'node:crypto';

/** Tells people and secret scanners what they have found. No JWT begins like this. */
const PREFIX = 'pw_';
const SECRET_BYTES = 32;
const SHAPE = /^pw_[A-Za-z0-9_-]{43}$/;

/** A new secret: 256 random bits. Nothing but its hash is ever stored. */
export const generateApiToken = (): string => PREFIX + randomBytes(SECRET_BYTES).toString('base64url');

export const looksLikeApiToken = (token: string): boolean => token.startsWith(PREFIX);

/** SHA-256: there is nothing to guess in 256 random bits, so that no slow hash is needed. Null for what cannot be one of ours. */
export function hashApiToken(token: string): Uint8Array | null {
  return SHAPE.test(token) ? createHash('sha256').update(token).digest() : null;
}
