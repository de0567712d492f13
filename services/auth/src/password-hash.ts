import bcrypt from 'bcrypt';
import { MAX_PASSWORD_BYTES } from '@perfwatch/contract';

/**
 * log2 of bcrypt's rounds: as many as a log-in can bear on one core of a small server. Cost 12 takes 266 ms there, 11 133 ms, 13 532 ms;
 * `npm run bench` measures it. Raise it with the machines: each hash follows with the next log-in of its user.
 */
export const BCRYPT_COST = 12;

/** Hash of a password that nobody has: what is compared where there is no user. Its cost is in its name, so any will do. */
const nobodysHash = (cost: number): string => `$2b$${String(cost).padStart(2, '0')}$Qy0U6UChzNEyq/EL2EfIye3U.sxrfdODrzptjfMR6BcsNr/Kl.uc2`;

/** bcrypt's hash of a password, worked out in libuv's thread pool, not on the event loop. */
export function hashPassword(password: string): Promise<string> {
  return bcrypt.hash(password, BCRYPT_COST);
}

/** Whether a hash is cheaper to guess at than one made today. */
export const isOutdated = (hash: string): boolean => bcrypt.getRounds(hash) < BCRYPT_COST;

/**
 * Whether `password` is the one that was hashed. Takes as long for a null hash (no such user), for a password that no hash
 * can be of (over bcrypt's 72 bytes, which it would cut) and for a hash of a lower cost as for any other.
 */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
  const isComparable = hash !== null && Buffer.byteLength(password) <= MAX_PASSWORD_BYTES;
  const compared = isComparable ? hash : nobodysHash(BCRYPT_COST);
  const isSame = await bcrypt.compare(password, compared);
  // 2^n + 2^n + 2^(n+1) + ... up to 2^(cost - 1) is 2^cost.
  for (let cost = bcrypt.getRounds(compared); cost < BCRYPT_COST; cost += 1) await bcrypt.compare(password, nobodysHash(cost));
  return isSame && isComparable;
}
