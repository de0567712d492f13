import type { HostFs } from '@perfwatch/procfs';

const CURE = 'boot with the kernel parameter psi=1';

/** 4.20 is the first to have it, but RHEL 8 took it into 4.18. */
function isBeforePressure(release: string): boolean {
  const [, major, minor] = /^(\d{1,3})\.(\d{1,3})/.exec(release) ?? [];
  return major !== undefined && (Number(major) < 4 || (Number(major) === 4 && Number(minor) < 18));
}

/**
 * Why this machine has no /proc/pressure, in one line with the cure. It takes a kernel built with CONFIG_PSI; with
 * CONFIG_PSI_DEFAULT_DISABLED, as those of RHEL, it takes booting with psi=1 too.
 */
export function explainAbsentPressure(fs: HostFs): string {
  const fault = fs.faultOfProc('pressure') ?? '';
  if (!fault.endsWith('does not exist on this machine')) return fault;
  const release = fs.readProc('sys/kernel/osrelease')?.trim() ?? '';
  if (isBeforePressure(release)) return `Linux ${release} does not measure pressure: 4.20 and later do`;
  const isSwitchedOff = /(?:^|\s)psi=(?:0|n|no|of|off|f|false)(?:\s|$)/i.test(fs.readProc('cmdline') ?? '');
  if (isSwitchedOff) return `Pressure is switched off on the kernel's command line: ${CURE}`;
  return `/proc/pressure does not exist on this machine: ${CURE}, or use a kernel built with CONFIG_PSI`;
}

/** Whether a file of /proc/pressure is there, but answers EOPNOTSUPP: what it is to tell is switched off. */
export const isSwitchedOff = (fault: string) => fault.includes('(ENOTSUP)');

/** Why a file of /proc/pressure that is there cannot be read. Some kernels have the files although pressure is switched off. */
export function explainUnreadablePressure(fault: string): string {
  return isSwitchedOff(fault) ? `Pressure is switched off in this kernel: ${CURE}` : fault;
}
