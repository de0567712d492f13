import { describe, expect, it } from 'vitest';
import { parseMountinfo } from './mountinfo.ts';

describe('parseMountinfo', () => {
  it.each(['', 'shared:1 ', 'shared:1 master:2 propagate_from:3 unbindable '])('takes any optional fields: %j', (optional) => {
    expect(parseMountinfo(`36 35 98:0 /mnt1 /mnt2 rw,noatime ${optional}- ext3 /dev/root rw,errors=continue\n`)).toEqual([
      { id: 36, parentId: 35, device: '98:0', root: '/mnt1', mountPoint: '/mnt2', type: 'ext3', source: '/dev/root' },
    ]);
  });

  it('gives names as they are: blanks, line ends, backslashes and # are written in octal', () => {
    const [mount] = parseMountinfo('1 0 8:1 /a\\134b /my\\040disk\\011\\012 rw - ext4 nas:/x\\043y rw\n');
    expect(mount).toMatchObject({ root: '/a\\b', mountPoint: '/my disk\t\n', source: 'nas:/x#y' });
  });

  it('does not take a mount point named - for the separator, and takes an empty source', () => {
    const [mount] = parseMountinfo('1 0 0:7 - - rw - tmpfs  rw\n');
    expect(mount).toMatchObject({ root: '-', mountPoint: '-', type: 'tmpfs', source: '' });
  });

  it.each([
    '',
    '36 35 98:0 /mnt1 /mnt2 rw,noatime ext3 /dev/root rw\n',
    'x 35 98:0 / / rw - ext3 /dev/root rw\n',
    '1 0 98 / / rw - ext3 d rw\n',
  ])('refuses %j', (text) => {
    expect(() => parseMountinfo(text)).toThrow('mount');
  });
});
