import type { HostFs } from './host-fs.ts';
import { ProcfsParseError, shown } from './parse-error.ts';

const FILE = '/proc/self/status';
/** See capability.h. */
const CAP_SYS_ADMIN = 21n;
const CAP_PERFMON = 38n;
/** SECCOMP_MODE_FILTER. */
const SECCOMP_FILTER = 2;

/** What this process may do, as far as counting events goes. */
export interface ProcessRights {
  /** Whether it has CAP_PERFMON, or CAP_SYS_ADMIN, which includes it and is all there was before Linux 5.8. */
  readonly hasPerfmon: boolean;
  /** SECCOMP_MODE_*: 0 none, 1 strict, 2 a filter, as containers have one. Null where the kernel does not tell. */
  readonly seccompMode: number | null;
}

function fieldOf(text: string, name: string): string | null {
  const start = text.startsWith(`${name}:`) ? 0 : text.indexOf(`\n${name}:`);
  if (start === -1) return null;
  const from = text.indexOf(':', start) + 1;
  const end = text.indexOf('\n', from);
  return text.slice(from, end === -1 ? undefined : end).trim();
}

/** Parses CapEff and Seccomp of /proc/self/status. Throws ProcfsParseError. See proc_pid_status(5). */
export function parseProcessRights(text: string): ProcessRights {
  const effective = fieldOf(text, 'CapEff');
  if (effective === null || !/^[0-9a-f]{8,16}$/.test(effective)) {
    throw new ProcfsParseError(FILE, `has no CapEff but ${shown(effective ?? text)}`);
  }
  const seccomp = fieldOf(text, 'Seccomp');
  if (seccomp !== null && !/^\d{1,2}$/.test(seccomp)) throw new ProcfsParseError(FILE, `${shown(seccomp)} is not a mode of seccomp`);
  const capabilities = BigInt(`0x${effective}`);
  const has = (capability: bigint) => ((capabilities >> capability) & 1n) === 1n;
  return { hasPerfmon: has(CAP_PERFMON) || has(CAP_SYS_ADMIN), seccompMode: seccomp === null ? null : Number(seccomp) };
}

/** Parses a setting of the kernel that is one whole number, such as /proc/sys/kernel/perf_event_paranoid, which may be negative. Throws ProcfsParseError. */
export function parseKernelNumber(text: string): number {
  if (!/^-?\d{1,10}\s*$/.test(text)) throw new ProcfsParseError('/proc/sys', `${shown(text)} is not a whole number`);
  return Number(text);
}

/** What decides whether the kernel lets this process count events. */
export interface CountingRights {
  /** /proc/sys/kernel/perf_event_paranoid; null where it cannot be read. */
  readonly paranoid: number | null;
  /** Whether this process has CAP_PERFMON or CAP_SYS_ADMIN; null where that is not known. */
  readonly hasPerfmon: boolean | null;
  /** Whether a seccomp filter decides on this process's system calls; null where that is not known. */
  readonly isFiltered: boolean | null;
}

/** Reads what this process may count. See perf_event_open(2) and Documentation/admin-guide/perf-security.rst. */
export function readCountingRights(fs: HostFs): CountingRights {
  const rights = fs.parseProc('self/status', parseProcessRights);
  const seccompMode = rights?.seccompMode ?? null;
  return {
    paranoid: fs.parseProc('sys/kernel/perf_event_paranoid', parseKernelNumber),
    hasPerfmon: rights?.hasPerfmon ?? null,
    isFiltered: seccompMode === null ? null : seccompMode === SECCOMP_FILTER,
  };
}
