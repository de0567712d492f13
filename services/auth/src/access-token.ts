import { randomUUID } from 'node:crypto';
import { PerfwatchError, roleSchema } from '@perfwatch/contract';
import type { User } from '@perfwatch/store';
import jwt from 'jsonwebtoken';
import { z } from 'zod';

export const TOKEN_LIFETIME_SECONDS = 24 * 3600;
/** Ours have about 350 characters. */
const MAX_TOKEN_LENGTH = 4096;
/** Pinned, so that the token itself has no say in how it is checked (RFC 8725, section 3.1). */
const ALGORITHM = 'HS256';

const claimsSchema = z.object({
  sub: z.string().min(1),
  jti: z.string().min(1).max(100),
  iat: z.number().int(),
  exp: z.number().int(),
  role: roleSchema,
  token_version: z.number().int(),
});
/** Payload of a JWT, RFC 7519, times in seconds. `role` is for whoever reads a token; what counts is the user's role at the time. */
export type Claims = z.infer<typeof claimsSchema>;

/** A new token of `user`. */
export function issueToken(user: User, { key, nowMs }: { key: string; nowMs: number }): string {
  const iat = Math.floor(nowMs / 1000);
  const claims: Claims = {
    sub: user.id,
    jti: randomUUID(),
    iat,
    exp: iat + TOKEN_LIFETIME_SECONDS,
    role: user.role,
    token_version: user.tokenVersion,
  };
  return jwt.sign(claims, key, { algorithm: ALGORITHM });
}

/** The claims of a token with our signature that has not expired. Throws PerfwatchError('unauthorized') for any other. */
export function readToken(token: string, { key, nowMs }: { key: string; nowMs: number }): Claims {
  if (token.length > MAX_TOKEN_LENGTH) throw invalidToken();
  try {
    return claimsSchema.parse(jwt.verify(token, key, { algorithms: [ALGORITHM], clockTimestamp: Math.floor(nowMs / 1000) }));
  } catch (cause) {
    throw cause instanceof jwt.TokenExpiredError ? endedToken(cause) : invalidToken(cause);
  }
}

export const invalidToken = (cause?: unknown): PerfwatchError =>
  new PerfwatchError('unauthorized', 'This token is not valid; log in', { cause });

export const endedToken = (cause?: unknown): PerfwatchError =>
  new PerfwatchError('unauthorized', 'This session has ended; log in again', { cause });
