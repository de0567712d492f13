import { randomBytes } from 'node:crypto';
import { PerfwatchError } from '@perfwatch/contract';
import type { PerfwatchConfig } from '@perfwatch/service-kit';
import { createSecretFile, readSecretFile, secretPath } from './secret-file.ts';

/** HS256 asks for a key as long as its digest (RFC 7518, section 3.2). */
const KEY_BYTES = 32;

/**
 * The key that signs tokens: PERFWATCH_JWT_SECRET, or else one that is made once and kept in `<data directory>/secrets/jwt`.
 * Replicas on different machines must be given the same PERFWATCH_JWT_SECRET.
 */
export async function loadSigningKey({ jwtSecret, dataDir }: Pick<PerfwatchConfig, 'jwtSecret' | 'dataDir'>): Promise<string> {
  if (jwtSecret !== null) return jwtSecret;
  const path = secretPath(dataDir, 'jwt');
  if ((await readSecretFile(path)) === null) await createSecretFile(path, randomBytes(KEY_BYTES).toString('base64url'));
  const key = await readSecretFile(path);
  if (key !== null && Buffer.byteLength(key) >= KEY_BYTES) return key;
  throw new PerfwatchError('unavailable', `${path} does not hold a signing key`, {
    hint: 'Remove the file to have a new key made; everyone then logs in again',
  });
}
