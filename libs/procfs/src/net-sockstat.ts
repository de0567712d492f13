import { forEachLine, parseCount } from './counts.ts';
import { ProcfsParseError, shown } from './parse-error.ts';

const FILE = '/proc/net/sockstat';

/**
 * Parses /proc/net/sockstat or sockstat6: counts by protocol and field, `TCP inuse`, `TCP tw`, `UDP6 inuse`. `inuse` are sockets that have an
 * address, of any state but TIME-WAIT; `tw` those, of IPv4 and IPv6 together. Throws ProcfsParseError. See proc_net(5).
 */
export function parseSockstat(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  forEachLine(text, (start, end) => {
    const line = text.slice(start, end);
    const [protocol = '', fields] = line.split(': ');
    if (fields === undefined) throw new ProcfsParseError(FILE, `${shown(line)} has no protocol`);
    const words = fields.trimEnd().split(' ');
    for (let at = 0; at < words.length; at += 2) {
      const value = words[at + 1] ?? '';
      const count = parseCount(value, 0, value.length);
      if (count === null) throw new ProcfsParseError(FILE, `${shown(line)} is not pairs of a name and a count`);
      counts.set(`${protocol} ${words[at] ?? ''}`, count);
    }
  });
  if (counts.size === 0) throw new ProcfsParseError(FILE, 'is empty');
  return counts;
}
