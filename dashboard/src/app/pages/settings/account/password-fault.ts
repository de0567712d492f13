import { MAX_PASSWORD_BYTES, MIN_PASSWORD_LENGTH } from '@perfwatch/contract';

export const PASSWORD_RULE = `At least ${MIN_PASSWORD_LENGTH} characters; not a common word, a pattern or the user name.`;

/** What is wrong with a new password that can be told without the server; null when nothing is. */
export function passwordFault(password: string): string | null {
  if (password.length < MIN_PASSWORD_LENGTH) {
    const missing = MIN_PASSWORD_LENGTH - password.length;
    return `${missing} more ${missing === 1 ? 'character' : 'characters'}.`;
  }
  const bytes = new TextEncoder().encode(password).length;
  return bytes > MAX_PASSWORD_BYTES ? `At most ${MAX_PASSWORD_BYTES} bytes; this has ${bytes}.` : null;
}
