import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBlockSize } from './block-devices.ts';
import { parseCpuList } from './cpu-list.ts';
import { parseCpuModel } from './cpu-model.ts';
import { parseCpuinfoFrequencies, parseScalingFrequency } from './cpu-frequency.ts';
import { parseDiskstats } from './diskstats.ts';
import { parseLoadavg } from './loadavg.ts';
import { parseMeminfo } from './meminfo.ts';
import { parseMountinfo } from './mountinfo.ts';
import { parseNetDev } from './net-dev.ts';
import { parseHardwareType, parseHasCarrier, parseIsBroughtUp, parseLinkSpeed, parseOperationalState } from './net-interfaces.ts';
import { parseProtocolCounters, parseSnmp6Counter } from './net-snmp.ts';
import { parseSockstat } from './net-sockstat.ts';
import { parseNetTcp } from './net-tcp.ts';
import { parseNodeFreeBytes, parseNumastat } from './numa-node.ts';
import { parseAuxvPageSize, parseSmapsPageSize } from './page-size.ts';
import { ProcfsParseError } from './parse-error.ts';
import { parsePmuEventScale, parsePmuType } from './pmu-devices.ts';
import { parsePressure } from './pressure.ts';
import { parseOpenFilesLimit } from './process-limits.ts';
import { parseKernelNumber, parseProcessRights } from './process-rights.ts';
import { parseProcStat } from './proc-stat.ts';
import { parseMbmBytes } from './resctrl.ts';
import { parseMillidegrees } from './sensors.ts';
import { parseVmstat } from './vmstat.ts';

const FIXTURES = resolve(import.meta.dirname, '../../testing/fixtures');
const fixture = (path: string) => readFileSync(join(FIXTURES, path), 'utf8');

const VMSTAT_NAMES = ['pswpin', 'pswpout', 'oom_kill', 'nr_free_pages'];

/** Every parser of text, with a real file of its kind. */
const PARSERS: readonly [name: string, parse: (text: string) => unknown, real: string][] = [
  ['parseProcStat', parseProcStat, fixture('laptop/tick-1/proc/stat')],
  ['parseProcStat of an old kernel', parseProcStat, fixture('linux-2.6.32/tick-1/proc/stat')],
  ['parseLoadavg', parseLoadavg, fixture('laptop/tick-1/proc/loadavg')],
  ['parseMeminfo', parseMeminfo, fixture('laptop/tick-1/proc/meminfo')],
  ['parseVmstat', (text) => parseVmstat(text, VMSTAT_NAMES), fixture('laptop/tick-1/proc/vmstat')],
  ['parseCpuList', parseCpuList, fixture('server-128-cpus/tick-2/sys/devices/system/cpu/online')],
  ['parseCpuinfoFrequencies', parseCpuinfoFrequencies, fixture('vm-no-swap/tick-1/proc/cpuinfo')],
  ['parseScalingFrequency', parseScalingFrequency, '3400123\n'],
  ['parseMillidegrees', parseMillidegrees, '61000\n'],
  ['parseDiskstats', parseDiskstats, fixture('server-128-cpus/tick-1/proc/diskstats')],
  ['parseDiskstats of an old kernel', parseDiskstats, fixture('linux-2.6.32/tick-1/proc/diskstats')],
  ['parseMountinfo', parseMountinfo, fixture('laptop/tick-1/proc/1/mountinfo')],
  ['parseBlockSize', parseBlockSize, '1000215216\n'],
  ['parseNetDev', parseNetDev, fixture('laptop/tick-1/proc/1/net/dev')],
  ['parseNetDev of an old kernel', parseNetDev, fixture('linux-2.6.32/tick-1/proc/net/dev')],
  ['parseSockstat', parseSockstat, fixture('laptop/tick-1/proc/1/net/sockstat')],
  [
    'parseProtocolCounters',
    (text) => parseProtocolCounters(text, { protocol: 'Tcp', names: ['CurrEstab', 'RetransSegs'] }),
    fixture('laptop/tick-1/proc/1/net/snmp'),
  ],
  ['parseSnmp6Counter', (text) => parseSnmp6Counter(text, 'Udp6InErrors'), fixture('laptop/tick-1/proc/1/net/snmp6')],
  ['parseNetTcp', parseNetTcp, fixture('laptop/tick-1/proc/1/net/tcp')],
  ['parseNetTcp of IPv6', parseNetTcp, fixture('laptop/tick-1/proc/1/net/tcp6')],
  ['parseLinkSpeed', parseLinkSpeed, '25000\n'],
  ['parseHardwareType', parseHardwareType, '772\n'],
  ['parsePressure', parsePressure, fixture('laptop/tick-1/proc/pressure/io')],
  ['parseNumastat', parseNumastat, fixture('server-128-cpus/tick-1/sys/devices/system/node/node1/numastat')],
  ['parseNodeFreeBytes', parseNodeFreeBytes, fixture('server-128-cpus/tick-1/sys/devices/system/node/node1/meminfo')],
  ['parseMbmBytes', parseMbmBytes, '123456789012\n'],
  ['parseCpuModel', parseCpuModel, fixture('vm-no-swap/tick-1/proc/cpuinfo')],
  ['parsePmuType', parsePmuType, fixture('server-128-cpus/tick-1/sys/bus/event_source/devices/amd_df/type')],
  [
    'parsePmuEventScale',
    parsePmuEventScale,
    fixture('laptop/tick-1/sys/bus/event_source/devices/uncore_imc_free_running_0/events/data_read.scale'),
  ],
  ['parseProcessRights', parseProcessRights, fixture('missing-fields/tick-1/proc/self/status')],
  [
    'parseOpenFilesLimit',
    parseOpenFilesLimit,
    'Limit                     Soft Limit           Hard Limit           Units     \nMax processes             96365                96365                processes \nMax open files            1024                 524288               files     \nMax locked memory         8388608              8388608              bytes     \n',
  ],
  ['parseKernelNumber', parseKernelNumber, fixture('laptop/tick-1/proc/sys/kernel/perf_event_paranoid')],
  ['parseSmapsPageSize', parseSmapsPageSize, 'Size: 4 kB\nKernelPageSize:        4 kB\n'],
];

/** Numbers anywhere in what a parser gave. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (value instanceof Map) return [...value.values()].flatMap(numbersIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/** Fails unless `parse` gives finite numbers or throws its own error. */
function expectSound(parse: () => unknown): void {
  try {
    expect(numbersIn(parse()).filter((value) => !Number.isFinite(value))).toEqual([]);
  } catch (error) {
    expect(error).toBeInstanceOf(ProcfsParseError);
  }
}

const absurdities = fc.constantFrom(
  'NaN',
  '-1',
  '1e400',
  'Infinity',
  '9'.repeat(400),
  '18446744073709551616',
  '',
  '0x10',
  '1.5',
  '-',
  '\0',
  '<unknown>',
);

/** A real file with pieces cut out, doubled or replaced by something absurd. */
const damaged = (real: string) =>
  fc
    .array(
      fc.record({ at: fc.nat(real.length), length: fc.nat(12), text: fc.oneof(absurdities, fc.string({ unit: 'binary', maxLength: 8 })) }),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    .map((cuts) => cuts.reduce((text, { at, length, text: put }) => text.slice(0, at) + put + text.slice(at + length), real));

describe.each(PARSERS)('%s', (_name, parse, real) => {
  it('parses a real file', () => {
    expect(numbersIn(parse(real)).length).toBeGreaterThan(0);
  });

  it('gives finite numbers or its own error for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => expectSound(() => parse(Buffer.from(bytes).toString()))));
  });

  it('gives finite numbers or its own error for any damage to a real file', () => {
    fc.assert(
      fc.property(damaged(real), (text) => expectSound(() => parse(text))),
      { numRuns: 300 },
    );
  });
});

/** Parsers of one word, which give no number. */
describe.each([
  ['parseOperationalState', parseOperationalState, 'lowerlayerdown\n'],
  ['parseIsBroughtUp', parseIsBroughtUp, '0x1003\n'],
  ['parseHasCarrier', parseHasCarrier, '1\n'],
] as const)('%s', (_name, parse, real) => {
  it('parses a real file, and gives an answer or its own error for any damage to it', () => {
    expect(() => parse(real)).not.toThrow();
    fc.assert(fc.property(damaged(real), (text) => expectSound(() => parse(text))));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => expectSound(() => parse(Buffer.from(bytes).toString()))));
  });
});

describe('parseProcStat', () => {
  it('reads every CPU of a machine with gaps, and the counters', () => {
    const stat = parseProcStat(fixture('server-128-cpus/tick-1/proc/stat'));
    expect(stat.cpus.size).toBe(124);
    expect([...stat.cpus.keys()].slice(38, 42)).toEqual([38, 39, 44, 45]);
    expect(stat.cpus.get(127)).toHaveLength(10);
    expect(stat).toMatchObject({ interrupts: 987654571012, contextSwitches: 1987654801012, forks: 91234607, softirqs: 887654411012 });
    expect(stat).toMatchObject({ runningProcesses: 38, blockedProcesses: 2 });
  });

  it('leaves null what a kernel does not tell', () => {
    const stat = parseProcStat('cpu  1 2 3 4\n');
    expect(stat).toEqual({
      total: [1, 2, 3, 4],
      cpus: new Map(),
      ...{ interrupts: null, softirqs: null, contextSwitches: null, forks: null, runningProcesses: null, blockedProcesses: null },
    });
  });

  it.each([
    ['', 'has no cpu line'],
    ['cpu 1 2 3\n', 'fewer than four times'],
    ['cpu  1 2 3 4\ncpux 1 2 3 4\n', 'is not a CPU'],
    ['cpu  1 2 -3 4\n', 'does not begin with a count'],
    ['cpu  1 2 3 99999999999999999999999\n', 'does not begin with a count'],
    ['cpu  1 2 3 4\nctxt many\n', 'does not begin with a count'],
  ])('refuses %j: %s', (text, message) => {
    expect(() => parseProcStat(text)).toThrow(message);
  });

  it('passes over lines that are named like properties of an object', () => {
    expect(parseProcStat('constructor 1\n__proto__ 2\ncpu  1 2 3 4\n').total).toEqual([1, 2, 3, 4]);
  });
});

describe('parseMeminfo', () => {
  it('gives bytes where the file says kB, counts where it says nothing', () => {
    const meminfo = parseMeminfo('MemTotal:  16 kB\nActive(file): 2 kB\nHugePages_Total: 3\n');
    expect(Object.fromEntries(meminfo)).toEqual({ MemTotal: 16384, 'Active(file)': 2048, HugePages_Total: 3 });
  });

  it.each(['MemFree: 1 kB\n', 'MemTotal: 1 2 kB\n', 'MemTotal: kB\n', 'MemTotal 1 kB\n'])('refuses %j', (text) => {
    expect(() => parseMeminfo(text)).toThrow(ProcfsParseError);
  });
});

describe('parseVmstat', () => {
  it('finds names at the beginning, in the middle and at the end, and no others', () => {
    const values = parseVmstat('a 1\nab 2\nb 3', ['a', 'b', 'c']);
    expect(Object.fromEntries(values)).toEqual({ a: 1, b: 3 });
  });
});

describe('parseOpenFilesLimit', () => {
  it('gives the soft limit, and null where there is none', () => {
    expect(parseOpenFilesLimit('Max open files            1024                 524288               files     \n')).toBe(1024);
    expect(parseOpenFilesLimit('Max open files            unlimited            unlimited            files     \n')).toBeNull();
  });

  it('refuses a file without it', () => {
    expect(() => parseOpenFilesLimit('Max processes             96365                96365                processes \n')).toThrow(
      ProcfsParseError,
    );
  });
});

describe('parseCpuList', () => {
  it('gives every CPU in order', () => {
    expect(parseCpuList('0-2,5,8-9\n')).toEqual([0, 1, 2, 5, 8, 9]);
    expect(parseCpuList('\n')).toEqual([]);
  });

  it.each(['3-1', '0-99999', '0-,1', 'all'])('refuses %j', (text) => {
    expect(() => parseCpuList(text)).toThrow(ProcfsParseError);
  });
});

describe('parseCpuinfoFrequencies', () => {
  it('reads x86, s390 and Power', () => {
    const text =
      'processor : 0\ncpu MHz\t\t: 2793.436\n\nprocessor\t: 1\nclock\t\t: 3425.000000MHz\n\nprocessor : 2\ncpu MHz dynamic : 5200\n';
    expect(Object.fromEntries(parseCpuinfoFrequencies(text))).toEqual({ 0: 2793.436, 1: 3425, 2: 5200 });
  });

  it('is empty where the architecture does not tell', () => {
    expect(parseCpuinfoFrequencies('processor : 0\nBogoMIPS : 50.00\n').size).toBe(0);
  });
});

describe('parseMillidegrees', () => {
  it('gives degrees, below zero too', () => {
    expect([parseMillidegrees('61000\n'), parseMillidegrees('-5500')]).toEqual([61, -5.5]);
  });

  it.each(['-128000', '255000', '61.0'])('refuses %s, which a broken sensor answers', (text) => {
    expect(() => parseMillidegrees(text)).toThrow(ProcfsParseError);
  });
});

describe('parseAuxvPageSize', () => {
  /** An auxiliary vector with entries before and after the page size. */
  function auxv({ pageBytes, wordBytes, isLittleEndian }: { pageBytes: number; wordBytes: 4 | 8; isLittleEndian: boolean }): Uint8Array {
    const words = [33, 0x7ffc1000, 16, 0x178bfbff, 6, pageBytes, 17, 100, 0, 0];
    const view = new DataView(new ArrayBuffer(words.length * wordBytes));
    for (const [index, word] of words.entries()) {
      if (wordBytes === 8) view.setBigUint64(index * 8, BigInt(word), isLittleEndian);
      else view.setUint32(index * 4, word, isLittleEndian);
    }
    return new Uint8Array(view.buffer);
  }

  it.each([4096, 16384, 65536])('reads %i bytes on any architecture', (pageBytes) => {
    for (const wordBytes of [4, 8] as const) {
      for (const isLittleEndian of [true, false]) expect(parseAuxvPageSize(auxv({ pageBytes, wordBytes, isLittleEndian }))).toBe(pageBytes);
    }
  });

  it('gives a page size or its own error for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => expectSound(() => parseAuxvPageSize(bytes))));
  });
});
