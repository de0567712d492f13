import { ERRNO, errnoName } from './errnos.ts';

/** What is known about why the kernel refused an event. */
export interface OpenErrorFacts {
  /** As `PerfKernel.open` or `CounterGroup.refused` tell it. */
  readonly errno: number;
  /** What was refused, as a person knows it: `cycles`. */
  readonly event: string;
  /** The PMU that was asked, as in /sys/bus/event_source/devices: `cpu_core`; null where this machine has none for such events. */
  readonly pmu: string | null;
  /** /proc/sys/kernel/perf_event_paranoid; null where it cannot be read. */
  readonly paranoid: number | null;
  /** Whether this process has CAP_PERFMON or CAP_SYS_ADMIN; null where that is not known. */
  readonly hasPerfmon: boolean | null;
  /** Whether a seccomp filter decides on this process's system calls; null where that is not known. */
  readonly isFiltered: boolean | null;
  /** Whether /proc/sys/kernel/nmi_watchdog is 1; null where it cannot be read. */
  readonly hasNmiWatchdog: boolean | null;
  /** Descriptors that counting takes in all; null where that is not known. */
  readonly descriptors: number | null;
  /** The limit of open files with which all of this process would have enough; null where that is not known. */
  readonly neededLimit: number | null;
  /** Path of the program that this process runs, which is the one to give the capability to. */
  readonly program: string;
}

/** The highest perf_event_paranoid at which anyone may count on whole CPUs. */
const MAX_PARANOID = 0;
const MAX_LENGTH = 500;

/** A path as a shell takes it. */
const quoted = (path: string) => (/^[\w./+-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`);

/** A capability that a file gives is everybody's who runs it, and for whatever it runs. */
const giveCapability = ({ program }: OpenErrorFacts) =>
  `give it CAP_PERFMON (before Linux 5.8: CAP_SYS_ADMIN): cap_add: [PERFMON] in Compose, or, for all that this Node.js runs, setcap cap_perfmon+ep ${quoted(program)}`;

function unknownEvent({ event, pmu }: OpenErrorFacts): string {
  return pmu === null
    ? 'This machine shows no PMU for hardware events, as most virtual machines do: the hypervisor has to turn its virtual PMU on (pmu=on in QEMU and libvirt, vPMC in VMware)'
    : `The PMU ${pmu} of this machine does not count ${event}`;
}

function forbidden(facts: OpenErrorFacts): string {
  const { paranoid, hasPerfmon } = facts;
  const level = paranoid === null ? 'perf_event_paranoid' : `perf_event_paranoid = ${paranoid}`;
  if (hasPerfmon === true)
    return `The kernel refuses to count (EACCES) in spite of CAP_PERFMON, with ${level}: a security module, or a user namespace, forbids it`;
  const cure = paranoid !== null && paranoid <= MAX_PARANOID ? '' : `set kernel.perf_event_paranoid to ${MAX_PARANOID} with sysctl, or `;
  return `The kernel forbids this process to count on whole CPUs (${level}): ${cure}${giveCapability(facts)}`;
}

function notPermitted(facts: OpenErrorFacts): string {
  const { hasPerfmon, isFiltered } = facts;
  if (isFiltered === true) {
    return "A seccomp filter blocks perf_event_open, as Docker's default profile does in a container without the capability: cap_add: [PERFMON] in Compose, --cap-add PERFMON with docker run";
  }
  if (hasPerfmon === true)
    return 'A security module (SELinux, AppArmor, lockdown) forbids perf_event_open: allow this process perf_event in its policy';
  return `This process may not count (EPERM): ${giveCapability(facts)}`;
}

function busy({ event, pmu, hasNmiWatchdog }: OpenErrorFacts): string {
  const who = `A counter that ${event} needs${pmu === null ? '' : ` on the PMU ${pmu}`} is held by another`;
  return hasNmiWatchdog === true
    ? `${who}, such as the NMI watchdog: set kernel.nmi_watchdog to 0 with sysctl`
    : `${who}: stop other profilers and virtual machines with counters of their own`;
}

function tooManyFiles({ errno, descriptors, neededLimit }: OpenErrorFacts): string {
  const needed = descriptors === null ? 'one descriptor for each event on each CPU' : `${descriptors} descriptors`;
  return errno === ERRNO.ENFILE
    ? `This machine has too many files open: counting takes ${needed}; raise fs.file-max with sysctl, or choose fewer CPUs or groups in the settings`
    : `The limit of open files is too low: counting takes ${needed}; raise ulimit -n${neededLimit === null ? '' : ` to ${neededLimit}`} (LimitNOFILE of systemd, ulimits of Compose), or choose fewer CPUs or groups in the settings`;
}

const CAUSES: Readonly<Record<number, (facts: OpenErrorFacts) => string>> = {
  [ERRNO.ENOENT]: unknownEvent,
  [ERRNO.EOPNOTSUPP]: unknownEvent,
  [ERRNO.EINVAL]: unknownEvent,
  [ERRNO.EACCES]: forbidden,
  [ERRNO.EPERM]: notPermitted,
  [ERRNO.EBUSY]: busy,
  [ERRNO.ENOSPC]: busy,
  [ERRNO.EMFILE]: tooManyFiles,
  [ERRNO.ENFILE]: tooManyFiles,
  [ERRNO.ENODEV]: ({ event }) => `The CPU that should count ${event} is offline`,
  [ERRNO.ENOMEM]: ({ event }) => `The kernel has no memory left to count ${event}`,
  [ERRNO.E2BIG]: ({ event }) => `This kernel is too old to understand how ${event} is asked for: Linux 2.6.32 does`,
  [ERRNO.ENOSYS]: () =>
    'This kernel has no perf_event_open, or the sandbox this runs in hides it: a kernel with CONFIG_PERF_EVENTS is needed',
};

/** Why the kernel refused an event, and what a person can do about it, in one line of at most 500 characters. */
export function explainOpenError(facts: OpenErrorFacts): string {
  const reason = CAUSES[facts.errno]?.(facts) ?? `The kernel refuses to count ${facts.event} (${errnoName(facts.errno)})`;
  return reason.length > MAX_LENGTH ? `${reason.slice(0, MAX_LENGTH - 3)}...` : reason;
}
