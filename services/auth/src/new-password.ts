import { PerfwatchError, newPasswordSchema } from '@perfwatch/contract';
import { COMMON_PASSWORDS } from './common-passwords.ts';

/** Rows of the keyboard and the alphabet: a stretch of one, either way, is no secret. */
const ROWS = [
  '01234567890',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  'qwertzuiopasdfghjklyxcvbnm',
];
const REVERSED_ROWS = ROWS.map((row) => Array.from(row).reverse().join(''));
const MIN_DIFFERENT_CHARACTERS = 5;

const LETTER_FOR_SIGN: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** A word without the digits and signs before and after it: `#Welcome2024!` is `welcome`. */
const withoutTrimmings = (text: string): string => text.replace(/^\P{L}+|\P{L}+$/gu, '');

const withLettersForSigns = (text: string): string => text.replace(/[013457@$!]/g, (sign) => LETTER_FOR_SIGN[sign] ?? sign);

function isCommon(password: string, username: string): boolean {
  const name = username.toLowerCase();
  const spellings = [password, withoutTrimmings(password)].flatMap((text) => [text, withoutTrimmings(withLettersForSigns(text))]);
  return spellings.some((text) => text !== '' && (COMMON_PASSWORDS.has(text) || text === name));
}

function isPattern(password: string): boolean {
  const isRepeated = /^(.{1,6})\1+$/su.test(password);
  const isStretch = [...ROWS, ...REVERSED_ROWS].some(
    (row) => row.includes(password) || row.includes(withoutTrimmings(password) || password),
  );
  return isRepeated || isStretch || new Set(password).size < MIN_DIFFERENT_CHARACTERS;
}

/** What is wrong with `password` as a new password of `username` (`must ...`); null when it may be used. */
export function newPasswordFault({ username, password }: { username: string; password: string }): string | null {
  const shape = newPasswordSchema.safeParse(password);
  if (!shape.success) return shape.error.issues[0]?.message ?? 'must be another one';
  const lowerCase = password.toLowerCase();
  if (isPattern(lowerCase)) return 'must not be a simple pattern such as 1234567890 or abcabcabc';
  if (isCommon(lowerCase, username)) return 'must not be a common password or the user name, digits added or not';
  return null;
}

/** Throws PerfwatchError('bad_input') that names `field` when `password` may not be used by `username`. */
export function checkNewPassword({ username, password, field }: { username: string; password: string; field: string }): void {
  const message = newPasswordFault({ username, password });
  if (message !== null) throw new PerfwatchError('bad_input', `${field} ${message}`, { issues: [{ path: field, message }] });
}
