import { ProcfsParseError, shown } from './parse-error.ts';

/** /proc/loadavg: processes that run or wait for a CPU or for disk, averaged over 1, 5 and 15 minutes. */
export interface LoadAverages {
  readonly load1m: number;
  readonly load5m: number;
  readonly load15m: number;
}

const LOAD_AVERAGES = /^(\d{1,9}\.\d{1,9}) (\d{1,9}\.\d{1,9}) (\d{1,9}\.\d{1,9})(?:\s|$)/;

/** Parses /proc/loadavg. Throws ProcfsParseError. See proc_loadavg(5). */
export function parseLoadavg(text: string): LoadAverages {
  const match = LOAD_AVERAGES.exec(text);
  if (match === null) throw new ProcfsParseError('/proc/loadavg', `${shown(text)} does not begin with three load averages`);
  return { load1m: Number(match[1]), load5m: Number(match[2]), load15m: Number(match[3]) };
}
