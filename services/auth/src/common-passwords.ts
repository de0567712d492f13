import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The 10,000 most common passwords of those that leaked anywhere, most common first, in lower case: the beginning of the list that Django 5.2 comes with
 * (BSD licence), which Royce Williams made of the frequencies that Have I Been Pwned counts.
 */
const LEAKED = readFileSync(join(import.meta.dirname, 'common-passwords.txt'), 'utf8')
  .trimEnd()
  .split('\n');

/** Words and runs of keys that are not among them, but first to be tried on a program like this one. */
const EXPECTED_HERE =
  `adminadmin adminpassword administration bitcoin changeit changemenow changethis database defaultpassword iloveyousomuch letmeinnow
  letmeinplease linux masterkey monitoring passphrase passw passwordpassword perfwatch postgres postgresql raspberry root rootpassword rootroot
  secretpassword superuser supersecret sysadmin temporary testpassword toor trustme trustno username vagrant welcomewelcome wheeler
  1qaz2wsx3edc4rfv zaq12wsxcde3 zaq1zaq1zaq1 abc1234567 qwe123qwe123 3141592653 31415926535 correcthorsebatterystaple`.split(/\s+/);

/**
 * Passwords that nobody may choose, in lower case. Most are shorter than a password may be: people make them long enough with digits and signs, which
 * `newPasswordFault` looks through.
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set([...LEAKED, ...EXPECTED_HERE]);
