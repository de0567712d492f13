import { forEachLine, parseCount } from './counts.ts';
import { ProcfsParseError, shown } from './parse-error.ts';

const FILE = '/proc/1/mountinfo';
const DEVICE = /^\d{1,10}:\d{1,10}$/;
/** Fields before the optional ones: id, parent, device, root, mount point, options. */
const OPTIONAL_FIELDS_FROM = 6;

/** One mount of a mount namespace. */
export interface Mount {
  readonly id: number;
  /** The mount it stands in. That of the topmost is not in the file, or is the mount itself. */
  readonly parentId: number;
  /** `major:minor` of the file system. */
  readonly device: string;
  /** What of the file system is mounted: `/`, or a directory or file of it for a bind mount and a subvolume. */
  readonly root: string;
  readonly mountPoint: string;
  /** `ext4`, `fuse.sshfs`. */
  readonly type: string;
  /** `/dev/sda1`, `server:/export`, or a word without meaning. */
  readonly source: string;
}

/** The kernel writes blanks, line ends, backslashes and # as a backslash and three octal digits. */
const unescaped = (text: string) =>
  text.includes('\\') ? text.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))) : text;

function mountOf(line: string): Mount {
  const fields = line.split(' ');
  const separator = fields.indexOf('-', OPTIONAL_FIELDS_FROM);
  const [id = '', parentId = '', device = '', root = '', mountPoint = ''] = fields;
  const [type = '', source = ''] = separator === -1 ? [] : fields.slice(separator + 1);
  const [idCount, parentCount] = [parseCount(id, 0, id.length), parseCount(parentId, 0, parentId.length)];
  const isMount = separator !== -1 && DEVICE.test(device) && root !== '' && mountPoint !== '' && type !== '';
  if (!isMount || idCount === null || parentCount === null) throw new ProcfsParseError(FILE, `${shown(line)} is not a mount`);
  return {
    id: idCount,
    parentId: parentCount,
    device,
    root: unescaped(root),
    mountPoint: unescaped(mountPoint),
    type: unescaped(type),
    source: unescaped(source),
  };
}

/**
 * Parses /proc/<pid>/mountinfo: the mounts that the process can reach, in the kernel's order, those that others cover included.
 * Throws ProcfsParseError. See proc_pid_mountinfo(5).
 */
export function parseMountinfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  forEachLine(text, (start, end) => void mounts.push(mountOf(text.slice(start, end))));
  if (mounts.length === 0) throw new ProcfsParseError(FILE, 'has no mount');
  return mounts;
}
