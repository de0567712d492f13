import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MIN_PASSWORD_LENGTH } from '@perfwatch/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMON_PASSWORDS } from './common-passwords.ts';
import { checkNewPassword, newPasswordFault } from './new-password.ts';

const faultOf = (password: string) => newPasswordFault({ username: 'margaret.h', password });

describe('newPasswordFault', () => {
  it.each(['tulip-harbour-eleven', 'k3f9x-mm2qa-77czt-p4hwe', 'Test-Passw0rd-for-CI', 'zwölf Boxkämpfer', '正しい馬の電池のホッチキス'])(
    'takes %s',
    (password) => {
      expect(faultOf(password)).toBeNull();
    },
  );

  it.each([
    ['short', /at least 10 characters/],
    ['', /at least 10 characters/],
    ['x9-'.repeat(25), /at most 72 bytes/],
    ['ä'.repeat(37), /at most 72 bytes/],
    ['1234567890', /pattern/],
    ['0987654321', /pattern/],
    ['aaaaaaaaaaaa', /pattern/],
    ['abcdabcdabcd', /pattern/],
    ['abcdefghijkl', /pattern/],
    ['Qwertyuiop', /pattern/],
    ['poiuytrewq1!', /pattern/],
    ['password2024', /common/],
    ['P@ssw0rd123!', /common/],
    ['Administrator', /common/],
    ['perfwatch123', /common/],
    ['margaret.h1999', /common password or the user name/],
    ['1qaz2wsx3edc', /common/],
    ['Пароль2024', /common/],
    ['1q2w3e4r5t', /common/],
  ])('refuses %j', (password, reason) => {
    expect(faultOf(password)).toMatch(reason);
  });

  it('refuses every password of the list, long enough or made so', () => {
    const words = [...COMMON_PASSWORDS].filter((word) => /^\p{L}+$/u.test(word));
    const padded = words.map((word) => word.padEnd(MIN_PASSWORD_LENGTH, '1'));
    expect([...COMMON_PASSWORDS, ...padded].filter((word) => faultOf(word) === null)).toEqual([]);
    expect(padded.length).toBeGreaterThan(4000);
  });

  it('knows the 10,000 most common, in order, each once', () => {
    const leaked = readFileSync(join(import.meta.dirname, 'common-passwords.txt'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(leaked.slice(0, 4)).toEqual(['123456', '123456789', 'qwerty', 'password']);
    expect(new Set(leaked).size).toBe(10_000);
    expect(leaked.every((word) => word === word.toLowerCase() && COMMON_PASSWORDS.has(word))).toBe(true);
  });

  it('answers for any text without throwing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (password) => typeof faultOf(password) !== 'undefined'));
  });
});

describe('checkNewPassword', () => {
  it('names the field that is wrong', () => {
    const check = () => checkNewPassword({ username: 'admin', password: 'short', field: 'PERFWATCH_ADMIN_PASSWORD' });
    expect(check).toThrow(/^PERFWATCH_ADMIN_PASSWORD must have at least 10 characters$/);
  });
});
