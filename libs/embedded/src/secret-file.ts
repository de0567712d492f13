import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Replaces `path` in one step, so that no reader and no crash ever sees half of it. Mode 0600. */
export function writePrivateFile(path: string, contents: string): void {
  const temporary = `${path}.${process.pid}.new`;
  writeFileSync(temporary, contents, { mode: 0o600, flush: true });
  renameSync(temporary, path);
}

export function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

/** The secret kept in `path`, made there (mode 0600) when there is none yet. `created` says which. */
export function readOrCreateSecret(path: string): { secret: string; created: boolean } {
  const kept = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  if (kept !== '') return { secret: kept, created: false };
  const secret = newSecret();
  writePrivateFile(path, `${secret}\n`);
  return { secret, created: true };
}
