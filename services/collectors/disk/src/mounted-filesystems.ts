import type { Mount } from '@perfwatch/procfs';
import { classOf, isAnsweredByProgram } from './filesystem-types.ts';
import { uniqueName } from './instance-names.ts';

/** A Sample of so many has 80 KiB; what is beyond is left out and counted. */
const MAX_FILESYSTEMS = 512;
/** Container runtimes mount these from the host, of whose disk the container otherwise has nothing. */
const RUNTIME_FILES = new Set(['/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/dev/termination-log']);
/** Stands for the parent of the topmost mount. */
const NO_MOUNT = 0;

/** A file system that is shown, at the mount point that it is shown by. */
export interface MountedFilesystem {
  /** The mount point as an instance is called. */
  readonly name: string;
  readonly mount: Mount;
  /** It may hang: on the network, or answered for by a program. */
  readonly isRemote: boolean;
}

export interface MountedFilesystems {
  readonly filesystems: readonly MountedFilesystem[];
  /** Left out because there are too many. */
  readonly beyondLimit: number;
  /** Left out because the network is not asked. */
  readonly onNetwork: number;
}

/** Finds the mount that a path leads to: mounts that others cover are reached by none. */
class MountTree {
  readonly #children = new Map<string, Mount>();

  constructor(mounts: readonly Mount[]) {
    const ids = new Set(mounts.map(({ id }) => id));
    for (const mount of mounts) {
      const isTopmost = mount.parentId === mount.id || !ids.has(mount.parentId);
      this.#children.set(`${isTopmost ? NO_MOUNT : mount.parentId} ${mount.mountPoint}`, mount);
    }
  }

  /** The id of the mount on top at `path`. */
  idAt(path: string): number {
    let id = this.#topmostAt(NO_MOUNT, '/');
    for (let slash = path.indexOf('/', 1); path !== '/'; slash = path.indexOf('/', slash + 1)) {
      id = this.#topmostAt(id, slash === -1 ? path : path.slice(0, slash));
      if (slash === -1) break;
    }
    return id;
  }

  #topmostAt(id: number, path: string): number {
    let topmost = id;
    for (let mount = this.#children.get(`${topmost} ${path}`); mount !== undefined; mount = this.#children.get(`${topmost} ${path}`)) {
      if (mount.id === topmost) break;
      topmost = mount.id;
    }
    return topmost;
  }
}

/** What tells one file system from another. Subvolumes of btrfs have numbers of their own, and their source in common. */
const identityOf = ({ type, source, device }: Mount) => (type === 'btrfs' ? `btrfs ${source}` : device);

/** Whether `mount` shows the file system better than `other`: as `/`, else whole rather than a part of it, else by the shorter name. */
function isBetter(mount: Mount, other: Mount): boolean {
  if (mount.mountPoint === '/' || other.mountPoint === '/') return other.mountPoint !== '/';
  const isWhole = ({ root, type }: Mount) => root === '/' || type === 'btrfs';
  if (isWhole(mount) !== isWhole(other)) return isWhole(mount);
  return mount.mountPoint.length < other.mountPoint.length;
}

/**
 * The file systems to show, each once, at the mount that shows it best: no pseudo file system, no image, no mount that another covers,
 * no bind mount of what is shown already; those on the network other than `/` if `hasNetwork`.
 */
export function selectFilesystems(mounts: readonly Mount[], { hasNetwork }: { hasNetwork: boolean }): MountedFilesystems {
  const tree = new MountTree(mounts);
  const best = new Map<string, Mount>();
  let onNetwork = 0;
  for (const mount of mounts) {
    const kind = classOf(mount);
    if (kind === 'left-out' || RUNTIME_FILES.has(mount.mountPoint)) continue;
    if (tree.idAt(mount.mountPoint) !== mount.id) continue;
    if (kind === 'network' && !hasNetwork && mount.mountPoint !== '/') {
      onNetwork += 1;
      continue;
    }
    const identity = identityOf(mount);
    const other = best.get(identity);
    if (other === undefined || isBetter(mount, other)) best.set(identity, mount);
  }
  const chosen = [...best.values()].slice(0, MAX_FILESYSTEMS);
  return { filesystems: named(chosen), beyondLimit: best.size - chosen.length, onNetwork };
}

function named(mounts: readonly Mount[]): MountedFilesystem[] {
  const taken = new Set<string>();
  return mounts.map((mount) => {
    const name = uniqueName(mount.mountPoint, (other) => taken.has(other));
    taken.add(name);
    return { name, mount, isRemote: classOf(mount) === 'network' || isAnsweredByProgram(mount.type) };
  });
}
