import { PerfwatchError, roleSchema, type Role } from '@perfwatch/contract';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { SigningKeys } from './signing-key.ts';

/** Of a token that nothing renews: a program's. No token lives longer. */
export const BEARER_LIFETIME_SECONDS = 24 * 3600;
/** Of a token that a refresh token renews. */
export const RENEWED_LIFETIME_SECONDS = 15 * 60;
/** Ours have about 350 characters. */
const MAX_TOKEN_LENGTH = 4096;
/** Pinned, so that the token itself has no say in how it is checked (RFC 8725, section 3.1). */
const ALGORITHM = 'HS256';

const headerSchema = z.object({ alg: z.literal(ALGORITHM), kid: z.string().min(1).max(100) });
const claimsSchema = z.object({
  sub: z.string().min(1),
  sid: z.string().min(1).max(100),
  iat: z.number().int(),
  exp: z.number().int(),
  role: roleSchema,
});
/** Payload of a JWT, RFC 7519, times in seconds. `role` is for whoever reads a token; what counts is the user's role at the time. */
export type Claims = z.infer<typeof claimsSchema>;

/** Whose token, and until when. */
export interface TokenSubject {
  userId: string;
  role: Role;
  sessionId: string;
  /** Seconds since 1970. */
  expiresAt: number;
}

/** A new token, signed with the newest key. */
export function issueToken(
  { userId, role, sessionId, expiresAt }: TokenSubject,
  { keys, nowMs }: { keys: SigningKeys; nowMs: number },
): string {
  const { kid, secret } = keys.current();
  const claims: Claims = { sub: userId, sid: sessionId, iat: Math.floor(nowMs / 1000), exp: expiresAt, role };
  return jwt.sign(claims, secret, { algorithm: ALGORITHM, keyid: kid });
}

/** The key that a token names; null when the token has no header that we would write. */
function keyIdOf(token: string): string | null {
  try {
    const header = Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString();
    return headerSchema.parse(JSON.parse(header)).kid;
  } catch {
    // Whatever is wrong with it, it is not ours.
    return null;
  }
}

/** The claims of a token with our signature that has not expired. Throws PerfwatchError('unauthorized') for any other. */
export async function readToken(token: string, { keys, nowMs }: { keys: SigningKeys; nowMs: number }): Promise<Claims> {
  const kid = token.length > MAX_TOKEN_LENGTH ? null : keyIdOf(token);
  const secret = kid === null ? null : await keys.find(kid);
  if (secret === null) throw invalidToken();
  try {
    return claimsSchema.parse(jwt.verify(token, secret, { algorithms: [ALGORITHM], clockTimestamp: Math.floor(nowMs / 1000) }));
  } catch (cause) {
    throw cause instanceof jwt.TokenExpiredError ? endedToken(cause) : invalidToken(cause);
  }
}

export const invalidToken = (cause?: unknown): PerfwatchError =>
  new PerfwatchError('unauthorized', 'This token is not valid; log in', { cause });

export const endedToken = (cause?: unknown): PerfwatchError =>
  new PerfwatchError('unauthorized', 'This session has ended; log in again', { cause });
