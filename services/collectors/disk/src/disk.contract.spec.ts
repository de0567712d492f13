import { describeCollectorContract, fixtureHostNames } from '@perfwatch/testing';
import type { AskFilesystem, FilesystemAnswer } from './ask-filesystem.ts';
import { diskCollectorWith } from './index.ts';

const EXT4 = 0xef53;
const XFS = 0x58465342;
const BTRFS = 0x9123683e;
const TMPFS = 0x01021994;
const VFAT = 0x4d44;
const OVERLAY = 0x794c7630;

/** Block size, blocks, free, available; inodes, free inodes. */
type Figures = readonly [blockBytes: number, blocks: number, free: number, available: number, inodes: number, freeInodes: number];

const answerOf = (device: string, type: number, figures: Figures): FilesystemAnswer => {
  const [blockBytes, blocks, free, available, inodes, freeInodes] = figures;
  return {
    ...{ device, type, inodes, freeInodes },
    ...{ totalBytes: blocks * blockBytes, freeBytes: free * blockBytes, availableBytes: available * blockBytes },
  };
};

/** What statfs(2) says on each fixture host, by mount point: a fixture is files, of which none is mounted. */
const ANSWERS: Readonly<Record<string, Readonly<Record<string, FilesystemAnswer>>>> = {
  laptop: {
    // Each subvolume has a number of its own, which mountinfo does not know.
    '/': answerOf('0:35', BTRFS, [4096, 124637184, 51203112, 50900112, 0, 0]),
    '/boot': answerOf('259:2', EXT4, [4096, 245871, 172211, 155322, 65536, 65178]),
    '/boot/efi': answerOf('259:1', VFAT, [4096, 130812, 123110, 123110, 0, 0]),
    '/dev/shm': answerOf('0:26', TMPFS, [4096, 2032791, 2011120, 2011120, 2032791, 2032702]),
    '/run': answerOf('0:27', TMPFS, [4096, 406559, 405901, 405901, 819200, 817892]),
    '/tmp': answerOf('0:38', TMPFS, [4096, 2032791, 2030112, 2030112, 1048576, 1048431]),
    '/srv/VM images': answerOf('259:4', EXT4, [4096, 25659904, 1310720, 0, 6553600, 6553580]),
  },
  'server-128-cpus': {
    '/': answerOf('9:127', XFS, [4096, 468449024, 401234567, 401234567, 937349120, 936112344]),
    '/dev/shm': answerOf('0:22', TMPFS, [4096, 65999440, 65900112, 65900112, 65999440, 65999401]),
    '/run': answerOf('0:24', TMPFS, [4096, 26399776, 26301112, 26301112, 819200, 817011]),
    '/var/lib/pgsql': answerOf('253:1', XFS, [4096, 2621438976, 262143898, 262143898, 1048576000, 1048321000]),
    '/srv/scratch': answerOf('259:0', EXT4, [4096, 769012345, 700112345, 661012345, 195338240, 195001234]),
    // Not mounted in this container: what answers is the file system below.
    '/srv/broken': answerOf('9:127', XFS, [4096, 468449024, 401234567, 401234567, 937349120, 936112344]),
  },
  'arm64-64k-pages': {
    '/': answerOf('179:2', EXT4, [4096, 7391111, 3312345, 3000123, 1884160, 1650112]),
    '/boot/firmware': answerOf('179:1', VFAT, [2048, 130812, 91202, 91202, 0, 0]),
    '/dev/shm': answerOf('0:22', TMPFS, [65536, 63464, 63464, 63464, 63464, 63463]),
    '/run': answerOf('0:21', TMPFS, [65536, 12693, 12600, 12600, 63464, 62988]),
    '/srv': answerOf('8:1', EXT4, [4096, 480532735, 120133183, 95713280, 122101760, 121412344]),
  },
  'linux-2.6.32': {
    '/': answerOf('253:0', EXT4, [4096, 16513960, 9012345, 8166234, 4194304, 4012345]),
    '/boot': answerOf('104:1', EXT4, [1024, 495844, 401234, 375634, 128016, 127960]),
    '/dev/shm': answerOf('0:16', TMPFS, [4096, 490528, 490528, 490528, 490528, 490527]),
  },
  'missing-fields': {
    '/': answerOf('0:75', OVERLAY, [4096, 25656432, 11012345, 9701122, 6553600, 5912344]),
    '/data': answerOf('8:17', EXT4, [4096, 5127168, 5100112, 4834312, 1310720, 1310709]),
    '/dev/shm': answerOf('0:82', TMPFS, [4096, 16384, 16384, 16384, 3085511, 3085510]),
  },
  'vm-1-cpu': {
    '/': answerOf('202:1', EXT4, [4096, 2030702, 712345, 590112, 524288, 401234]),
    '/run': answerOf('0:17', TMPFS, [4096, 25363, 24001, 24001, 126813, 126401]),
    '/var/lib/mysql': answerOf('202:17', XFS, [4096, 5240320, 3012345, 3012345, 10485760, 10485412]),
  },
  'vm-no-swap': {
    '/': answerOf('254:0', EXT4, [4096, 66053021, 59883078, 20427785, 16777216, 16322585]),
    '/dev/shm': answerOf('0:27', TMPFS, [4096, 6171023, 6171023, 6171023, 3085511, 3085510]),
  },
};

const FIXTURE_PATH = /fixtures\/([^/]+)\/tick-\d\/root(\/.*)$/;

const askFixture: AskFilesystem = (path) => {
  const [, host = '', mountPoint = ''] = FIXTURE_PATH.exec(path) ?? [];
  const answer = ANSWERS[host]?.[mountPoint.length > 1 ? mountPoint.replace(/\/$/, '') : mountPoint];
  return answer === undefined ? Promise.reject(Object.assign(new Error(path), { code: 'ENOENT' })) : Promise.resolve(answer);
};

describeCollectorContract(diskCollectorWith({ ask: askFixture }), fixtureHostNames());
