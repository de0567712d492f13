import { describe, expect, it } from 'vitest';
import { ERRNO } from './errnos.ts';
import { explainOpenError, type OpenErrorFacts } from './explain-open-error.ts';

const FACTS: OpenErrorFacts = {
  ...{ errno: 0, event: 'cycles', pmu: 'cpu', paranoid: null, hasPerfmon: null, isFiltered: null, hasNmiWatchdog: null, descriptors: null },
  ...{ neededLimit: null, program: '/opt/perfwatch/node' },
};
const explain = (facts: Partial<OpenErrorFacts>) => explainOpenError({ ...FACTS, ...facts });

describe('explainOpenError', () => {
  it.each([
    ['no PMU at all', { errno: ERRNO.ENOENT, pmu: null }, /no PMU.*virtual machines.*hypervisor/],
    ['an event that the PMU lacks', { errno: ERRNO.ENOENT, pmu: 'cpu_atom' }, /cpu_atom.*does not count cycles/],
    ['an event that the PMU cannot do', { errno: ERRNO.EOPNOTSUPP }, /does not count cycles/],
    [
      'perf_event_paranoid',
      { errno: ERRNO.EACCES, paranoid: 4, hasPerfmon: false },
      /perf_event_paranoid = 4.*set kernel.perf_event_paranoid to 0.*cap_add: \[PERFMON\].*setcap cap_perfmon\+ep \/opt\/perfwatch\/node$/,
    ],
    ['a security module', { errno: ERRNO.EACCES, paranoid: 2, hasPerfmon: true }, /in spite of CAP_PERFMON.*security module/],
    ['a seccomp filter', { errno: ERRNO.EPERM, isFiltered: true }, /seccomp.*cap_add: \[PERFMON\]/],
    ['no capability', { errno: ERRNO.EPERM, isFiltered: false, hasPerfmon: false }, /CAP_PERFMON.*setcap/],
    ['a policy', { errno: ERRNO.EPERM, isFiltered: false, hasPerfmon: true }, /SELinux/],
    ['the NMI watchdog', { errno: ERRNO.EBUSY, hasNmiWatchdog: true }, /nmi_watchdog to 0/],
    ['another profiler', { errno: ERRNO.ENOSPC, hasNmiWatchdog: false }, /stop other profilers/],
    ['too few descriptors', { errno: ERRNO.EMFILE, descriptors: 5120 }, /5120 descriptors.*ulimit -n/],
    ['what limit would do', { errno: ERRNO.EMFILE, descriptors: 5120, neededLimit: 5500 }, /ulimit -n to 5500 /],
    ['too few descriptors of the machine', { errno: ERRNO.ENFILE }, /fs\.file-max/],
    ['a CPU that is gone', { errno: ERRNO.ENODEV }, /offline/],
    ['a sandbox', { errno: ERRNO.ENOSYS }, /CONFIG_PERF_EVENTS/],
    ['what nobody expects', { errno: 121 }, /cycles \(errno 121\)/],
  ])('explains %s', (_what, facts, words) => {
    expect(explain(facts)).toMatch(words);
  });

  it('asks for no lower perf_event_paranoid than it is', () => {
    expect(explain({ errno: ERRNO.EACCES, paranoid: -1, hasPerfmon: false })).not.toContain('sysctl');
  });

  it('names the program that runs, as a shell takes it', () => {
    const cure = explain({ errno: ERRNO.EPERM, isFiltered: false, hasPerfmon: false, program: "/home/o'neil/my node" });
    expect(cure.endsWith(String.raw`setcap cap_perfmon+ep '/home/o'\''neil/my node'`)).toBe(true);
  });

  it('is one line that fits the catalog for every error', () => {
    for (const errno of [...Object.values(ERRNO), 121]) {
      for (const known of [true, false, null]) {
        const facts = {
          errno,
          event: 'L1-dcache-load-misses',
          pmu: 'armv8_cortex_a57',
          hasPerfmon: known,
          isFiltered: known,
          hasNmiWatchdog: known,
          program: '/'.padEnd(4096, 'x'),
        };
        expect(explain({ ...facts, paranoid: known === null ? null : 2, descriptors: known === null ? null : 123_456 })).toMatch(
          /^.{10,500}$/,
        );
      }
    }
  });
});
