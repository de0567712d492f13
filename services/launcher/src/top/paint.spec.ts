import { describe, expect, it } from 'vitest';
import { bar, paint, plain, styled } from './paint.ts';

const RED = '\u001b[31m';
const RESET = '\u001b[0m';

describe('a painted line', () => {
  const line = [plain('load '), styled('bad', '9.50'), plain(' !')];

  it('has no codes where there is no terminal', () => {
    expect(paint(line, { columns: 80, isColoured: false })).toBe('load 9.50 !');
  });

  it('is cut by what is seen of it, not by its codes', () => {
    expect(paint(line, { columns: 7, isColoured: true })).toBe(`load ${RED}9.${RESET}`);
    expect(paint([plain('äöü€')], { columns: 3, isColoured: false })).toBe('äöü');
  });
});

describe('a bar', () => {
  it.each([
    [0, '[....]'],
    [50, '[||..]'],
    [100, '[||||]'],
    [250, '[||||]'],
    [-3, '[....]'],
    [null, '[....]'],
  ])('of %s percent is %s', (percent, text) => {
    expect(paint(bar(percent, 4), { columns: 80, isColoured: false })).toBe(text);
  });

  it('is red when nearly all is used', () => {
    expect(paint(bar(95, 2), { columns: 80, isColoured: true })).toContain(`${RED}||${RESET}`);
  });
});
