/** Errors that perf_event_open(2), read(2) and ioctl(2) give, by name; the numbers of x86_64 and aarch64, which are those of asm-generic. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  E2BIG: 7,
  EBADF: 9,
  ENOMEM: 12,
  EACCES: 13,
  EBUSY: 16,
  ENODEV: 19,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOSPC: 28,
  ENOSYS: 38,
  EOPNOTSUPP: 95,
} as const;

const NAMES = new Map<number, string>(Object.entries(ERRNO).map(([name, errno]) => [errno, name]));

/** `ENOENT`, or `errno 121` for one that is not expected here. */
export const errnoName = (errno: number): string => NAMES.get(errno) ?? `errno ${errno}`;
