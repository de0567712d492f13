import { describe, expect, it } from 'vitest';
import { ownPath, pageName } from './own-path.ts';

describe('ownPath', () => {
  it.each([
    ['/history?metrics=cpu', '/history?metrics=cpu'],
    [undefined, '/'],
    ['https://evil.example/', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['javascript:alert(1)', '/'],
  ])('of %s is %s', (from, path) => {
    expect(ownPath(from)).toBe(path);
  });
});

describe('pageName', () => {
  it.each([
    ['/hosts/web-1?window=5m', 'web-1'],
    ['/hosts', 'the hosts'],
    ['/history?from=now-6h', 'History'],
    ['/settings/account', 'Settings'],
    ['/', null],
    ['/nothing', null],
    ['/hosts/%E0%A4%A', '%E0%A4%A'],
  ])('of %s is %s', (path, name) => {
    expect(pageName(path)).toBe(name);
  });
});
