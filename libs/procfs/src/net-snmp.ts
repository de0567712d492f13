import { parseCount } from './counts.ts';
import { ProcfsParseError, shown } from './parse-error.ts';

/** Which counters of /proc/net/snmp or /proc/net/netstat are wanted. */
export interface ProtocolFields {
  /** As the line begins: `Tcp`, `TcpExt`. */
  readonly protocol: string;
  readonly names: readonly string[];
}

function endOfLine(text: string, start: number): number {
  const newline = text.indexOf('\n', start);
  return newline === -1 ? text.length : newline;
}

/**
 * Some counters of a file whose lines come in pairs, names and then values, such as /proc/net/snmp and /proc/net/netstat. What the kernel
 * does not have is not in the map. Throws ProcfsParseError. See proc_net(5), RFC 1213.
 */
export function parseProtocolCounters(text: string, { protocol, names }: ProtocolFields): ReadonlyMap<string, number> {
  const counters = new Map<string, number>();
  const prefix = `${protocol}: `;
  const start = text.startsWith(prefix) ? 0 : text.indexOf(`\n${prefix}`) + 1;
  if (!text.startsWith(prefix, start)) return counters;
  const nameEnd = endOfLine(text, start);
  const valueStart = nameEnd + 1;
  if (!text.startsWith(prefix, valueStart)) throw new ProcfsParseError('/proc/net/snmp', `${protocol} has names but no values`);
  const header = text.slice(start + prefix.length, nameEnd).split(' ');
  const values = text.slice(valueStart + prefix.length, endOfLine(text, valueStart)).split(' ');
  for (const name of names) {
    const column = header.indexOf(name);
    if (column === -1) continue;
    const value = values[column] ?? '';
    const count = parseCount(value, 0, value.length);
    if (count === null) throw new ProcfsParseError('/proc/net/snmp', `${protocol} ${name} ${shown(value)} is not a count`);
    counters.set(name, count);
  }
  return counters;
}

/**
 * One counter of /proc/net/snmp6, such as `Udp6InErrors`; null where the kernel does not have it. Throws ProcfsParseError.
 * See net/ipv6/proc.c.
 */
export function parseSnmp6Counter(text: string, name: string): number | null {
  const match = new RegExp(`^${name}[ \\t]+(.*)$`, 'm').exec(text);
  if (match === null) return null;
  const value = match[1] ?? '';
  const count = parseCount(value, 0, value.length);
  if (count === null) throw new ProcfsParseError('/proc/net/snmp6', `${name} ${shown(value)} is not a count`);
  return count;
}
