import { ProcfsParseError, shown } from './parse-error.ts';

const MAX_CPUS = 65_536;

/** Parses a list of CPUs as sysfs writes it (`0-3,8`), in order. An empty list is empty. Throws ProcfsParseError. See cpuset(7), "List format". */
export function parseCpuList(text: string): number[] {
  const cpus: number[] = [];
  const list = text.trim();
  if (list === '') return cpus;
  for (const range of list.split(',')) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || last < first || cpus.length + last - first >= MAX_CPUS) {
      throw new ProcfsParseError('/sys/devices/system/cpu/online', `${shown(range)} is not a range of CPUs`);
    }
    for (let cpu = first; cpu <= last; cpu += 1) cpus.push(cpu);
  }
  return cpus;
}
