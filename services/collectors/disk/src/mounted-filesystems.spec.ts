import { parseMountinfo } from '@perfwatch/procfs';
import { describe, expect, it } from 'vitest';
import { selectFilesystems } from './mounted-filesystems.ts';

/** `id parent major:minor root mountPoint type source`, one a line. */
function select(lines: readonly string[], { hasNetwork = false } = {}) {
  const text = lines.map((line) => {
    const [id, parent, device, root, mountPoint, type, source] = line.split(' ');
    return `${id} ${parent} ${device} ${root} ${mountPoint} rw - ${type} ${source} rw\n`;
  });
  return selectFilesystems(parseMountinfo(text.join('')), { hasNetwork });
}
const namesOf = (lines: readonly string[], options?: { hasNetwork: boolean }) => select(lines, options).filesystems.map(({ name }) => name);

const ROOT = '20 1 8:1 / / ext4 /dev/sda1';

describe('selectFilesystems', () => {
  it('leaves out what the kernel shows of itself, images, and programs that make their figures up', () => {
    const others = [
      'proc',
      'sysfs',
      'devtmpfs',
      'cgroup2',
      'autofs',
      'overlay',
      'squashfs',
      'iso9660',
      'fuse.lxcfs',
      'fuse.portal',
      'nsfs',
    ];
    const lines = others.map((type, index) => `${30 + index} 20 0:${30 + index} / /other/${type} ${type} none`);
    expect(namesOf([ROOT, ...lines, '60 20 7:3 / /mnt/image ext4 /dev/loop3'])).toEqual(['/']);
  });

  it('keeps disks whatever their file system is, and programs that keep files on disks', () => {
    const lines = ['ext4', 'xfs', 'vfat', 'fuseblk', 'zfs', 'f2fs', 'fuse.mergerfs', 'bcachefs'].map(
      (type, index) => `${30 + index} 20 8:${30 + index} / /disk/${type} ${type} /dev/x`,
    );
    expect(namesOf(lines)).toHaveLength(8);
  });

  it('keeps tmpfs only where people put data', () => {
    const lines = ['/tmp', '/dev/shm', '/run', '/run/user/1000', '/sys/fs/cgroup', '/mnt/x'].map(
      (path, index) => `${30 + index} 20 0:${30 + index} / ${path} tmpfs tmpfs`,
    );
    expect(namesOf([ROOT, ...lines])).toEqual(['/', '/tmp', '/dev/shm', '/run']);
  });

  it.each(['overlay', 'tmpfs', 'squashfs', 'fuse.x'])('keeps a root made of %s, as in containers and live systems', (type) => {
    expect(namesOf([`20 1 0:40 / / ${type} x`])).toEqual(['/']);
  });

  it('takes the real root, not the rootfs below it', () => {
    const { filesystems } = select(['1 1 0:1 / / rootfs rootfs', ROOT]);
    expect(filesystems.map(({ mount }) => mount.type)).toEqual(['ext4']);
  });

  it('leaves out what another mount covers, and what stands in what is covered', () => {
    const lines = [ROOT, '30 20 8:2 / /a ext4 /dev/sda2', '31 30 8:3 / /a/b ext4 /dev/sda3', '32 30 8:4 / /a xfs /dev/sda4'];
    const { filesystems } = select(lines);
    expect(filesystems.map(({ name, mount }) => [name, mount.type])).toEqual([
      ['/', 'ext4'],
      ['/a', 'xfs'],
    ]);
    expect(namesOf([ROOT, '30 20 8:2 / /a ext4 /dev/sda2', '33 30 0:9 / /a tmpfs hide'])).toEqual(['/']);
  });

  it('finds what is mounted in what covers another mount', () => {
    expect(namesOf([ROOT, '30 20 8:2 / /a ext4 x', '32 30 8:4 / /a xfs x', '33 32 8:5 / /a/b ext4 x'])).toEqual(['/', '/a', '/a/b']);
  });

  it('shows a file system once: whole rather than a part, then by the shorter mount point', () => {
    expect(namesOf([ROOT, '30 20 8:2 /home /home ext4 x', '31 20 8:2 / /srv/scratch ext4 x', '32 20 8:2 / /mnt/scratch2 ext4 x'])).toEqual([
      '/',
      '/srv/scratch',
    ]);
    expect(namesOf(['20 1 8:2 /deploy/1 / xfs x', '31 20 8:2 / /sysroot xfs x'])).toEqual(['/']);
  });

  it('takes the subvolumes of btrfs, whose numbers differ, for one file system', () => {
    const lines = ['20 1 0:24 /@ / btrfs /dev/sda2', '30 20 0:25 /@home /home btrfs /dev/sda2', '31 20 0:26 / /data btrfs /dev/sdb'];
    expect(namesOf(lines)).toEqual(['/', '/data']);
  });

  it('leaves network mounts out unless they are asked for, and says how many there are', () => {
    const lines = [ROOT, '30 20 0:50 / /nfs nfs4 nas:/x', '31 20 0:51 / /win cifs //nas/x', '32 20 0:52 / /ssh fuse.sshfs nas:'];
    expect(select(lines)).toMatchObject({ onNetwork: 3, filesystems: [{ name: '/' }] });
    const { filesystems } = select(lines, { hasNetwork: true });
    expect(filesystems.map(({ name, isRemote }) => [name, isRemote])).toEqual([
      ['/', false],
      ['/nfs', true],
      ['/win', true],
      ['/ssh', true],
    ]);
  });

  it.each(['nfs4', '9p', 'fuse.sshfs'])('keeps a root of %s though the network is not asked, as one that may hang', (type) => {
    const { filesystems, onNetwork } = select([`20 1 0:40 / / ${type} x`, '30 20 0:50 / /nfs nfs4 nas:/x']);
    expect([filesystems.map(({ name, isRemote }) => [name, isRemote]), onNetwork]).toEqual([[['/', true]], 1]);
  });

  it('leaves out the files that a container runtime mounts from the host', () => {
    const files = ['/etc/hosts', '/etc/hostname', '/etc/resolv.conf'].map(
      (path, index) => `${30 + index} 20 8:1 /x${path} ${path} ext4 /dev/sda1`,
    );
    const root = '20 1 0:40 / / overlay overlay';
    expect(namesOf([root, ...files])).toEqual(['/']);
    expect(namesOf([root, ...files, '40 20 8:1 /volumes/v /data ext4 /dev/sda1'])).toEqual(['/', '/data']);
  });

  it('gives names that can be shown, each once', () => {
    expect(namesOf([ROOT, '30 20 8:2 / /a\\011b ext4 x', '31 20 8:3 / /a\\012b ext4 x'])).toEqual(['/', '/a?b', '/a?b 2']);
    const [, long] = namesOf([ROOT, `30 20 8:2 / /${'😀'.repeat(200)} ext4 x`]);
    expect(long).toMatch(/^[^\p{Cc}\p{Cs}]{1,255}$/u);
  });

  it('shows 512 at most, and says how many more there are', () => {
    const lines = Array.from({ length: 520 }, (_, index) => `${30 + index} 20 8:${30 + index} / /disk${index} ext4 x`);
    const { filesystems, beyondLimit } = select([ROOT, ...lines]);
    expect([filesystems.length, beyondLimit]).toEqual([512, 9]);
  });

  it('works where the topmost mount is not in the list, and where a mount names itself as its parent', () => {
    expect(namesOf(['30 29 8:2 / /data ext4 x'])).toEqual(['/data']);
    expect(namesOf(['20 20 8:1 / / ext4 x', '30 20 8:2 / /data ext4 x'])).toEqual(['/', '/data']);
  });
});
