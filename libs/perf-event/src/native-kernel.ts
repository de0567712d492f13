import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';
import { encodeAttr } from './attr-layout.ts';
import { ERRNO } from './errnos.ts';
import type { PerfKernel } from './perf-kernel.ts';

/** Number of perf_event_open(2), by what Node calls the architecture. */
const SYSCALL_NUMBERS: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 298, arm64: 241 };
const PERF_FLAG_FD_CLOEXEC = 8;
const ALL_PROCESSES = -1;
const NO_GROUP = -1;
/** _IO('$', 0), _IO('$', 1) and _IOR('$', 7, __u64 *), the same on both architectures. */
const PERF_EVENT_IOC_ENABLE = 0x2400;
const PERF_EVENT_IOC_DISABLE = 0x2401;
const PERF_EVENT_IOC_ID = 0x8008_2407;
const MAX_RETRIES = 16;

/** Hardware counters cannot be had by this program on this system at all. */
export class PerfUnsupportedError extends Error {
  override readonly name = 'PerfUnsupportedError';
}

/** Calls again what a signal interrupted. Gives the result, or the errno as a negative number. */
function retried(call: () => number, errno: () => number): number {
  for (let attempt = 0; attempt < MAX_RETRIES; attempt += 1) {
    const result = call();
    if (result >= 0) return result;
    const error = errno();
    if (error !== ERRNO.EINTR) return -error;
  }
  return -ERRNO.EINTR;
}

function loadKoffi(): typeof Koffi {
  try {
    return createRequire(import.meta.url)('koffi') as typeof Koffi;
  } catch (cause) {
    const message = 'The library koffi, which calls the kernel, does not load: run npm ci on this machine';
    throw new PerfUnsupportedError(message, { cause });
  }
}

/** The C library's functions, with the types that the calls below give them. */
function loadFunctions(koffi: typeof Koffi) {
  const libc = koffi.load(null);
  return {
    syscall: libc.func(
      'long syscall(long number, void *attr, int pid, int cpu, int group_fd, unsigned long flags)',
    ) as unknown as PerfEventOpen,
    read: libc.func('long read(int fd, void *into, size_t bytes)') as unknown as Read,
    ioctl: libc.func('int ioctl(int fd, unsigned long request, void *argument)') as unknown as Ioctl,
    close: libc.func('int close(int fd)') as unknown as Close,
    errno: () => koffi.errno(),
  };
}
type PerfEventOpen = (...call: [number: number, attr: Buffer, pid: number, cpu: number, groupFd: number, flags: number]) => number;
type Read = (fd: number, into: BigUint64Array, bytes: number) => number;
type Ioctl = (fd: number, request: number, argument: BigUint64Array | null) => number;
type Close = (fd: number) => number;

/**
 * The counters of the running kernel. Loads koffi when it is called, so that importing the package costs nothing.
 * Throws PerfUnsupportedError on other systems than Linux on x86_64 and aarch64, and where koffi has no binary.
 */
export function openPerfKernel(): PerfKernel {
  const number = process.platform === 'linux' ? SYSCALL_NUMBERS[process.arch] : undefined;
  if (number === undefined) {
    throw new PerfUnsupportedError(`Events are counted on Linux on x86_64 and aarch64, and this is ${process.platform} on ${process.arch}`);
  }
  const { syscall, read, ioctl, close, errno } = loadFunctions(loadKoffi());
  const id = new BigUint64Array(1);
  return {
    open(attr, { cpu, leaderFd }) {
      const bytes = encodeAttr(attr, { isLeader: leaderFd === null });
      const open = () => syscall(number, bytes, ALL_PROCESSES, cpu, leaderFd ?? NO_GROUP, PERF_FLAG_FD_CLOEXEC);
      const result = retried(open, errno);
      return result >= 0 ? { fd: result, errno: null } : { fd: null, errno: -result };
    },
    enable(leaderFd) {
      for (const request of [PERF_EVENT_IOC_DISABLE, PERF_EVENT_IOC_ENABLE]) {
        const result = retried(() => ioctl(leaderFd, request, null), errno);
        if (result < 0) return -result;
      }
      return null;
    },
    id: (fd) => (retried(() => ioctl(fd, PERF_EVENT_IOC_ID, id), errno) >= 0 ? (id[0] ?? null) : null),
    read(fd, into) {
      const bytes = retried(() => read(fd, into, into.byteLength), errno);
      return bytes >= 0 ? bytes / BigUint64Array.BYTES_PER_ELEMENT : bytes;
    },
    close(fd) {
      close(fd);
    },
  };
}
