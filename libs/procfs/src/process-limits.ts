import { ProcfsParseError, shown } from './parse-error.ts';

const LINE = /^Max open files +(\d{1,19}|unlimited) /m;

/**
 * Parses the soft limit of open files from /proc/<pid>/limits: descriptors that the process may have open at once. Null where there is no limit.
 * Throws ProcfsParseError. See proc_pid_limits(5).
 */
export function parseOpenFilesLimit(text: string): number | null {
  const [, limit] = LINE.exec(text) ?? [];
  if (limit === undefined) throw new ProcfsParseError('/proc/self/limits', `has no limit of open files but ${shown(text)}`);
  return limit === 'unlimited' ? null : Number(limit);
}
