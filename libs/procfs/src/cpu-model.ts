import { ProcfsParseError } from './parse-error.ts';

/** What kind of CPU this is, as x86 tells it. */
export interface CpuModel {
  /** `GenuineIntel`, `AuthenticAMD`. Null on other architectures. */
  readonly vendor: string | null;
  readonly family: number | null;
  readonly model: number | null;
  /** What it is able to do: `hypervisor`, `cqm_mbm_total`. Empty on other architectures. */
  readonly flags: ReadonlySet<string>;
}

const numberOf = (text: string | undefined) => (text === undefined ? null : Number(text));

/** The kind of the first CPU of /proc/cpuinfo. Throws ProcfsParseError where no CPU is listed. See proc_cpuinfo(5). */
export function parseCpuModel(text: string): CpuModel {
  if (!/^processor\s*:/m.test(text)) throw new ProcfsParseError('/proc/cpuinfo', 'lists no processor');
  return {
    vendor: /^vendor_id\s*: (\w{1,32})$/m.exec(text)?.[1] ?? null,
    family: numberOf(/^cpu family\s*: (\d{1,6})$/m.exec(text)?.[1]),
    model: numberOf(/^model\s*: (\d{1,6})$/m.exec(text)?.[1]),
    flags: new Set(/^flags\s*: (.*)$/m.exec(text)?.[1]?.split(' ')),
  };
}
