import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { RefreshHashes } from '@perfwatch/store';

const PART_BYTES = 32;
const SHAPE = /^([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

/**
 * What renews a session once: 256 bits that all tokens of the session share, by which it is found, a dot, and 256 bits of its own. Nothing
 * but their hashes is ever stored.
 */
export interface RefreshToken {
  family: string;
  secret: string;
}

const random = (): string => randomBytes(PART_BYTES).toString('base64url');
const sha256 = (text: string): Uint8Array => createHash('sha256').update(text).digest();

/** The first token of a new session. */
export const generateRefreshToken = (): RefreshToken => ({ family: random(), secret: random() });

export const generateSalt = (): Uint8Array => randomBytes(PART_BYTES);

/** Whoever has only the database, or only the token before, cannot tell it. */
export function nextRefreshToken({ family, secret }: RefreshToken, salt: Uint8Array): RefreshToken {
  return { family, secret: createHmac('sha256', salt).update(secret).digest('base64url') };
}

export const writeRefreshToken = ({ family, secret }: RefreshToken): string => `${family}.${secret}`;

/** Null for what cannot be one of ours. */
export function parseRefreshToken(text: string): RefreshToken | null {
  const [, family, secret] = SHAPE.exec(text) ?? [];
  return family === undefined || secret === undefined ? null : { family, secret };
}

/** SHA-256: there is nothing to guess in 256 random bits, so that no slow hash is needed. */
export const hashRefreshToken = ({ family, secret }: RefreshToken): RefreshHashes => ({
  familyHash: sha256(family),
  secretHash: sha256(secret),
});

export const isSameHash = (one: Uint8Array, other: Uint8Array): boolean => one.length === other.length && timingSafeEqual(one, other);
