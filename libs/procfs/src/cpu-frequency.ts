import { ProcfsParseError, shown } from './parse-error.ts';

const KHZ_PER_MHZ = 1000;
/** Ten times what any CPU runs at: above it the text is not a frequency. */
const MAX_MHZ = 100_000;

const PROCESSOR = /^processor\s*:\s*(\d{1,5})\s*$/;
/** `cpu MHz` on x86, `cpu MHz dynamic` on s390, `clock` on Power. */
const FREQUENCY = /^(?:cpu MHz(?: dynamic)?|clock)\s*:\s*(\d{1,6}(?:\.\d{1,9})?)(?:MHz)?\s*$/;

/** Parses cpufreq's scaling_cur_freq (kHz) into MHz. Throws ProcfsParseError, for `<unknown>` too. See the kernel's admin-guide/pm/cpufreq. */
export function parseScalingFrequency(text: string): number {
  const mhz = /^\d{1,9}\s*$/.test(text) ? Number(text) / KHZ_PER_MHZ : Number.NaN;
  if (mhz > 0 && mhz <= MAX_MHZ) return mhz;
  throw new ProcfsParseError('scaling_cur_freq', `${shown(text)} is not a frequency`);
}

/** Frequencies in /proc/cpuinfo in MHz, by number of CPU; empty where the architecture does not tell. Throws nothing. See proc_cpuinfo(5). */
export function parseCpuinfoFrequencies(text: string): ReadonlyMap<number, number> {
  const frequencies = new Map<number, number>();
  let cpu: number | null = null;
  for (const line of text.split('\n')) {
    const processor = PROCESSOR.exec(line);
    if (processor !== null) cpu = Number(processor[1]);
    const frequency = cpu === null || processor !== null ? null : FREQUENCY.exec(line);
    const mhz = Number(frequency?.[1]);
    if (cpu !== null && mhz > 0 && mhz <= MAX_MHZ) frequencies.set(cpu, mhz);
  }
  return frequencies;
}
