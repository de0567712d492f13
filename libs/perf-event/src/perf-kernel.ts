/** One event as perf_event_open(2) takes it. */
export interface PerfEventAttr {
  /** PERF_TYPE_*, or the `type` of a PMU below /sys/bus/event_source/devices. */
  readonly type: number;
  readonly config: bigint;
  readonly config1?: bigint;
  readonly config2?: bigint;
  /** Holds its counter all the time; a reading of what got none is empty. Only a leader may be pinned. */
  readonly pinned?: boolean;
}

/** What opening an event gives: its descriptor, or the errno (positive) that the kernel refused it with. */
export type PerfOpenResult = { readonly fd: number; readonly errno: null } | { readonly fd: null; readonly errno: number };

/**
 * The kernel's performance counters: perf_event_open(2) and what it takes to read its descriptors. Every event is opened system-wide on one CPU,
 * with PERF_FORMAT_GROUP | TOTAL_TIME_ENABLED | TOTAL_TIME_RUNNING | ID. A leader counts nothing, nor do those that follow it, until it is enabled.
 */
export interface PerfKernel {
  /** Opens an event on `cpu`; `leaderFd` is null for the leader of a group. */
  open(attr: PerfEventAttr, place: { readonly cpu: number; readonly leaderFd: number | null }): PerfOpenResult;
  /**
   * PERF_EVENT_IOC_DISABLE and ENABLE of a leader: it counts from now on, and with it all that have joined it so far. What joins a leader that counts
   * already may wait for the next call: kernels with a context for each PMU (6.2 and later) do not schedule page faults that join a CPU clock, for one.
   * Gives null, or the errno.
   */
  enable(leaderFd: number): number | null;
  /** PERF_EVENT_IOC_ID of a descriptor: the id by which its value is told in a reading of the group. Null where the kernel does not say. */
  id(fd: number): bigint | null;
  /** Reads a leader's descriptor into `into`; gives the number of 64-bit words read, or the errno as a negative number. */
  read(fd: number, into: BigUint64Array): number;
  close(fd: number): void;
}
