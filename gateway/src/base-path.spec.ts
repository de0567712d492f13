import { describe, expect, it } from 'vitest';
import { withoutBase } from './base-path.ts';

describe('withoutBase', () => {
  it.each([
    ['/perfwatch/api/hosts?x=/perfwatch/', '/api/hosts?x=/perfwatch/'],
    ['/perfwatch/', '/'],
    ['/perfwatch', '/'],
    ['/perfwatch?kiosk=1', '/?kiosk=1'],
    ['/api/hosts', '/api/hosts'],
    ['/perfwatcher/api', '/perfwatcher/api'],
    ['/socket.io/?EIO=4', '/socket.io/?EIO=4'],
  ])('%s below /perfwatch/ is %s', (url, own) => {
    expect(withoutBase(url, '/perfwatch/')).toBe(own);
  });

  it('leaves everything as it is at the root', () => {
    expect(withoutBase('/perfwatch/api', '/')).toBe('/perfwatch/api');
  });
});
