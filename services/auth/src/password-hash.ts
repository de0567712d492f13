import bcrypt from 'bcrypt';
import { MAX_PASSWORD_BYTES } from '@perfwatch/contract';

/** log2 of bcrypt's rounds: about a quarter of a second on one core. */
export const BCRYPT_COST = 12;

/** Hash of a password nobody has, of the same cost as every other: what is compared where there is no user. */
const NOBODYS_HASH = '$2b$12$Qy0U6UChzNEyq/EL2EfIye3U.sxrfdODrzptjfMR6BcsNr/Kl.uc2';

/** bcrypt's hash of a password, worked out in libuv's thread pool, not on the event loop. */
export function hashPassword(password: string): Promise<string> {
  return bcrypt.hash(password, BCRYPT_COST);
}

/**
 * Whether `password` is the one that was hashed. Takes as long for a null hash (no such user) and for a password that no hash
 * can be of (over bcrypt's 72 bytes, which it would cut) as for any other.
 */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
  const isComparable = hash !== null && Buffer.byteLength(password) <= MAX_PASSWORD_BYTES;
  const isSame = await bcrypt.compare(password, isComparable ? hash : NOBODYS_HASH);
  return isSame && isComparable;
}
