import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { INTERFACE_COUNTERS, parseNetDev } from './net-dev.ts';
import { parseDeviceType, parseHasCarrier, parseIsBroughtUp, parseLinkSpeed, parseOperationalState } from './net-interfaces.ts';
import { parseProtocolCounters, parseSnmp6Counter } from './net-snmp.ts';
import { parseSockstat } from './net-sockstat.ts';
import { tcpStateReads } from './net-tcp-reads.ts';
import { parseNetTcp, TcpStateParser } from './net-tcp.ts';
import { ProcfsParseError } from './parse-error.ts';

const FIXTURES = resolve(import.meta.dirname, '../../testing/fixtures');
const fixture = (path: string) => readFileSync(join(FIXTURES, path), 'utf8');

const DEV_HEADER = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;

describe('parseNetDev', () => {
  it('reads bytes, packets, errors and drops of both directions', () => {
    const interfaces = parseNetDev(`${DEV_HEADER}  eth0:    1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n`);
    expect(INTERFACE_COUNTERS.map((name, column) => [name, interfaces.get('eth0')?.[column]])).toEqual([
      ['recvBytes', 1],
      ['recvPackets', 2],
      ['recvErrors', 3],
      ['recvDrops', 4],
      ['sentBytes', 9],
      ['sentPackets', 10],
      ['sentErrors', 11],
      ['sentDrops', 12],
    ]);
  });

  it('reads names that touch their counters, and aliases with a colon of their own', () => {
    const row = '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16';
    const interfaces = parseNetDev(`${DEV_HEADER}eth0:123${row}\neth0:1:${row}\n   lo:   ${row}\n`);
    expect([...interfaces].map(([name, counters]) => [name, counters[0]])).toEqual([
      ['eth0', 1231],
      ['eth0:1', 1],
      ['lo', 1],
    ]);
  });

  it('takes the columns from the header: kernels before 2.2 have no bytes', () => {
    const header =
      'Inter-|   Receive                  |  Transmit\n face |packets errs drop fifo frame|packets errs drop fifo colls carrier\n';
    const interfaces = parseNetDev(`${header}  eth0:  1 2 3 4 5  6 7 8 9 10 11\n`);
    expect(interfaces.get('eth0')).toEqual([null, 1, 2, 3, null, 6, 7, 8]);
  });

  it('leaves out an interface whose driver keeps no statistics', () => {
    expect([...parseNetDev(`${DEV_HEADER}dummy0: No statistics available.\n`).keys()]).toEqual([]);
  });

  it.each([
    ['', 'has no header'],
    [`${DEV_HEADER} 1 2 3\n`, 'names no interface'],
    [`${DEV_HEADER}: 1 2 3\n`, 'names no interface'],
    [`${DEV_HEADER}eth0: 1 2 3\n`, 'lacks columns'],
    [`${DEV_HEADER}eth0: 1 -2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n`, 'does not begin with a count'],
  ])('refuses %j: %s', (text, message) => {
    expect(() => parseNetDev(text)).toThrow(message);
  });
});

describe('parseSockstat', () => {
  it('gives counts by protocol and field', () => {
    const counts = parseSockstat(fixture('server-128-cpus/tick-1/proc/1/net/sockstat'));
    expect([counts.get('TCP inuse'), counts.get('TCP tw'), counts.get('UDP inuse'), counts.get('sockets used')]).toEqual([
      50, 16, 24, 2411,
    ]);
  });

  it.each(['', 'TCP inuse 1\n', 'TCP: inuse\n', 'TCP: inuse -1\n'])('refuses %j', (text) => {
    expect(() => parseSockstat(text)).toThrow(ProcfsParseError);
  });
});

describe('parseProtocolCounters', () => {
  const text = 'Tcp: MaxConn CurrEstab\nTcp: -1 5\nTcpExt: ListenDrops\nTcpExt: 7\n';

  it('finds a protocol by its whole name, and passes over what is not wanted', () => {
    expect(Object.fromEntries(parseProtocolCounters(text, { protocol: 'Tcp', names: ['CurrEstab'] }))).toEqual({ CurrEstab: 5 });
    expect(Object.fromEntries(parseProtocolCounters(text, { protocol: 'TcpExt', names: ['ListenDrops', 'Other'] }))).toEqual({
      ListenDrops: 7,
    });
    expect(parseProtocolCounters(text, { protocol: 'Udp', names: ['InErrors'] }).size).toBe(0);
  });

  it.each(['Tcp: CurrEstab\n', 'Tcp: CurrEstab\nUdp: 1\n', 'Tcp: CurrEstab\nTcp: -1\n', 'Tcp: MaxConn CurrEstab\nTcp: 1\n'])(
    'refuses %j',
    (damaged) => {
      expect(() => parseProtocolCounters(damaged, { protocol: 'Tcp', names: ['CurrEstab'] })).toThrow(ProcfsParseError);
    },
  );
});

describe('parseSnmp6Counter', () => {
  it('finds a counter by its whole name; null where there is none', () => {
    const text = 'Udp6InErrors2\t9\nUdp6InErrors                    \t4\n';
    expect([parseSnmp6Counter(text, 'Udp6InErrors'), parseSnmp6Counter(text, 'InErrors')]).toEqual([4, null]);
    expect(() => parseSnmp6Counter('Udp6InErrors\tmany\n', 'Udp6InErrors')).toThrow(ProcfsParseError);
  });
});

describe('parseNetTcp', () => {
  it('counts states of IPv4 and IPv6', () => {
    expect(parseNetTcp(fixture('server-128-cpus/tick-1/proc/1/net/tcp'))).toEqual({
      established: 34,
      timeWait: 15,
      closeWait: 7,
      listen: 4,
    });
    expect(parseNetTcp(fixture('server-128-cpus/tick-1/proc/1/net/tcp6'))).toEqual({
      established: 5,
      timeWait: 1,
      closeWait: 1,
      listen: 2,
    });
  });

  it.each([1, 2, 7, 149, 150, 151])('counts the same when the file comes in pieces of %i bytes', (length) => {
    const bytes = readFileSync(join(FIXTURES, 'server-128-cpus/tick-1/proc/1/net/tcp'));
    const parser = new TcpStateParser();
    for (let at = 0; at < bytes.length; at += length) parser.push(bytes.subarray(at, at + length));
    expect(parser.end()).toEqual({ established: 34, timeWait: 15, closeWait: 7, listen: 4 });
  });

  const HEADER = '  sl  local_address rem_address   st\n';
  it.each([
    ['', 'line 1 is not a whole line'],
    [HEADER.trimEnd(), 'line 1 is not a whole line'],
    ['   0: 0100007F:0277 00000000:0000 0A\n', 'line 1 is not a header'],
    [`${HEADER}   0: 0100007F:0277 00000000:0000 0A 0\n   1: 0100007F:0277\n`, 'line 3 has no state'],
    [`${HEADER}   0: 0100007F:0277 00000000:0000 0Z 0\n`, 'line 2 has no state'],
    [`${HEADER}   0: 0100007F:0277 00000000:0000 00 0\n`, 'line 2 has no state'],
    [`${HEADER}   0: 0100007F:0277 00000000:0000 10 0\n`, 'line 2 has no state'],
    [`${HEADER}   0: 0100007F:0277 00000000:0000 A 0\n`, 'line 2 has no state'],
    [`${HEADER}   0: 0100007F:0277 00000000:0000 0A1 0\n`, 'line 2 has no state'],
    [`${HEADER}   0: 0100007F:0277 00000000:0000 0A 0`, 'line 2 is not a whole line'],
  ])('refuses %j: %s', (text, message) => {
    expect(() => parseNetTcp(text)).toThrow(message);
  });
});

/** A /proc/net/tcp of `count` sockets: of every ten, one listens and two wait to be closed. */
function bigNetTcp(count: number): string {
  const states = ['0A', '08', '08', '01', '01', '01', '01', '06', '06', '04'];
  const directory = mkdtempSync(join(tmpdir(), 'perfwatch-net-tcp-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const rows = Array.from({ length: count }, (_, index) => {
    const row = `${String(index).padStart(4)}: 0100007F:4E21 0200007F:ABCD ${states[index % 10] ?? ''} 00000000:00000000 00:00000000 00000000  1000        0 ${index} 1`;
    return `${row.padEnd(149)}\n`;
  });
  const path = join(directory, 'tcp');
  writeFileSync(path, ['  sl  local_address rem_address   st tx_queue'.padEnd(149), '\n', ...rows].join(''));
  return path;
}

/** Where a descriptor leads; null for that of the directory, which is closed by now. */
function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

describe('tcpStateReads', () => {
  it('counts 50,000 sockets a small piece at a time, in bounded memory', () => {
    const reads = tcpStateReads(bigNetTcp(50_000));
    let steps = 0;
    let result = reads.next();
    const before = process.memoryUsage();
    for (; result.done !== true; result = reads.next()) steps += 1;
    const after = process.memoryUsage();
    expect(result.value).toEqual({ listen: 5000, closeWait: 10_000, established: 20_000, timeWait: 10_000 });
    // The file has 7.5 MB.
    expect(steps).toBeGreaterThan(400);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(256 * 1024);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(2 * 1024 * 1024);
  });

  it('closes its file when it is given up', () => {
    const path = bigNetTcp(2000);
    const isOpen = () => readdirSync('/proc/self/fd').some((descriptor) => linkOf(`/proc/self/fd/${descriptor}`) === path);
    const reads = tcpStateReads(path);
    reads.next();
    expect(isOpen()).toBe(true);
    reads.return({ established: 0, timeWait: 0, closeWait: 0, listen: 0 });
    expect(isOpen()).toBe(false);
  });
});

describe('parsers of /sys/class/net', () => {
  it('give a link speed in bytes per second, and null for what kernels write when they do not know', () => {
    expect(['1000\n', '-1\n', '0', '65535\n', '4294967295\n'].map(parseLinkSpeed)).toEqual([125_000_000, null, null, null, null]);
    expect(() => parseLinkSpeed('fast')).toThrow(ProcfsParseError);
  });

  it('tell states, flags, carriers and device types', () => {
    expect([parseOperationalState('lowerlayerdown\n'), parseIsBroughtUp('0x1003\n'), parseIsBroughtUp('0x82\n')]).toEqual([
      'lowerlayerdown',
      true,
      false,
    ]);
    expect([parseHasCarrier('1\n'), parseHasCarrier('0\n')]).toEqual([true, false]);
    expect([parseDeviceType('DEVTYPE=bridge\nINTERFACE=br0\n'), parseDeviceType('INTERFACE=eth0\n')]).toEqual(['bridge', null]);
  });

  it.each([parseOperationalState, parseIsBroughtUp, parseHasCarrier])('refuse what is neither (%#)', (parse) => {
    expect(() => parse('perhaps\n')).toThrow(ProcfsParseError);
  });
});
