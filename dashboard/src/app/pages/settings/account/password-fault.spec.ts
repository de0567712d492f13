import { describe, expect, it } from 'vitest';
import { passwordFault } from './password-fault.ts';

describe('passwordFault', () => {
  it.each([
    ['short', '5 more characters.'],
    ['nine-long', '1 more character.'],
    ['ten-longer', null],
    ['ü'.repeat(37), 'At most 72 bytes; this has 74.'],
  ])('of %j is %j', (password, fault) => {
    expect(passwordFault(password)).toBe(fault);
  });
});
