/** File systems that are no place for data: what the kernel shows of itself, and what stands in memory. */
const PSEUDO = new Set(
  (
    'anon_inodefs aufs autofs bdev binderfs binfmt_misc bpf cgroup cgroup2 configfs cpuset dax debugfs devfs devpts devtmpfs dmabuf drm ' +
    'ecryptfs efivarfs fdescfs fusectl hugetlbfs inotifyfs ipathfs mqueue nfsd nsfs openpromfs overlay overlayfs pipefs proc pstore ramfs ' +
    'resctrl rootfs rpc_pipefs secretmem securityfs selinuxfs shiftfs smackfs sockfs spufs sysfs tracefs unionfs usbfs usbdevfs vboxsf xenfs'
  ).split(' '),
);
/** Images that are full by nature: snaps, discs, firmware. */
const IMAGES = new Set(['squashfs', 'erofs', 'iso9660', 'cramfs', 'romfs']);
/** What stands for another machine: it may be down, and then nothing that asks for it ends. */
const NETWORK = new Set(
  (
    'nfs nfs4 cifs smb3 smbfs ceph glusterfs 9p afs lustre beegfs gpfs pvfs2 orangefs ocfs2 gfs2 coda ncpfs acfs panfs ' +
    'fuse.sshfs fuse.glusterfs fuse.ceph fuse.ceph-fuse fuse.ceph-client fuse.s3fs fuse.rclone fuse.gcsfuse fuse.goofys fuse.davfs fuse.mfs ' +
    'fuse.moosefs fuse.lizardfs fuse.juicefs fuse.seaweedfs fuse.curlftpfs fuse.smbnetfs fuse.cvmfs2 fuse.blobfuse fuse.blobfuse2 ' +
    'fuse.mountpoint-s3 fuse.dfuse fuse.quobyte fuse.beegfs'
  ).split(' '),
);
/** Programs that keep files on disks of this machine. Other programs (portals, lxcfs, archives) make their figures up. */
const LOCAL_FUSE = new Set([
  'fuseblk',
  'fuse.mergerfs',
  'fuse.shfs',
  'fuse.exfat',
  'fuse.ntfs',
  'fuse.ntfs-3g',
  'fuse.zfs-fuse',
  'fuse.apfs',
]);
/** The mounts in memory that people put data in, or that stop services when they are full. */
const TMPFS_MOUNT_POINTS = new Set(['/tmp', '/var/tmp', '/dev/shm', '/run']);

export type FilesystemClass = 'local' | 'network' | 'left-out';

/**
 * Whether a file system is shown: on this machine, over the network, or not at all. `/` is, whatever it is made of: a container has an
 * overlay there, a live system a tmpfs, and what has its root on the network shows that whether the network is asked or not.
 */
export function classOf({ type, mountPoint, source }: { type: string; mountPoint: string; source: string }): FilesystemClass {
  if (NETWORK.has(type)) return 'network';
  if (mountPoint === '/') return 'local';
  if (type === 'tmpfs') return TMPFS_MOUNT_POINTS.has(mountPoint) ? 'local' : 'left-out';
  if (type === 'fuse' || type.startsWith('fuse.')) return LOCAL_FUSE.has(type) ? 'local' : 'left-out';
  return PSEUDO.has(type) || IMAGES.has(type) || source.startsWith('/dev/loop') ? 'left-out' : 'local';
}

/** Whether a program answers for the file system: like a machine on the network, it may never do so. */
export const isAnsweredByProgram = (type: string): boolean => type === 'fuseblk' || type.startsWith('fuse');
