import { parseCount } from './counts.ts';
import { ProcfsParseError, shown } from './parse-error.ts';

const COUNTER = '/sys/fs/resctrl/mon_data/*/mbm_total_bytes';
const MAX_FEATURES = 64;
/** What the kernel writes instead of a count: there is none at the moment. */
const NO_COUNT = new Set(['Unavailable', 'Error', 'Unassigned']);

/**
 * Parses a counter of memory bandwidth monitoring, in bytes since the group was made. Null where the kernel has none at the moment, such as
 * the first time on AMD. Throws ProcfsParseError. See the kernel's filesystems/resctrl.
 */
export function parseMbmBytes(text: string): number | null {
  const word = text.trim();
  if (NO_COUNT.has(word)) return null;
  const count = parseCount(word, 0, word.length);
  if (count === null) throw new ProcfsParseError(COUNTER, `${shown(text)} is not a count of bytes`);
  return count;
}

/** Parses `info/L3_MON/mon_features` of resctrl: what can be monitored, such as `mbm_total_bytes`. Throws ProcfsParseError. */
export function parseMonFeatures(text: string): ReadonlySet<string> {
  const features = text.split('\n').filter((line) => line !== '');
  if (features.length > MAX_FEATURES || !features.every((feature) => /^\w{1,64}$/.test(feature))) {
    throw new ProcfsParseError('/sys/fs/resctrl/info/L3_MON/mon_features', `${shown(text)} are not features`);
  }
  return new Set(features);
}
