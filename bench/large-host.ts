import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { HostRoots } from '@perfwatch/procfs';

export const LARGE_HOST = { cpus: 256, disks: 64, interfaces: 200, sockets: 20_000, nodes: 8 } as const;

/** A fixture host of that size, made anew each time; its counters rise with every `advance`. */
export interface LargeHost extends HostRoots {
  advance(): void;
  remove(): void;
}

const range = <T>(count: number, one: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => one(index));
const lines = (rows: readonly string[]): string => `${rows.join('\n')}\n`;

function procStat(tick: number): string {
  const times = (factor: number) =>
    [311, 2, 97, 1800, 12, 0, 5, 1, 0, 0].map((share, index) => 1_000_000 + share * factor * tick + index).join(' ');
  const cpus = range(LARGE_HOST.cpus, (cpu) => `cpu${cpu} ${times(1)}`);
  const interrupts = range(2000, (irq) => (irq % 7 === 0 ? String(irq * 1000 + tick) : '0')).join(' ');
  return lines([
    `cpu  ${times(LARGE_HOST.cpus)}`,
    ...cpus,
    `intr ${987_654_321 + 90_000 * tick} ${interrupts}`,
    `ctxt ${1_987_654_321 + 250_000 * tick}`,
    'btime 1763900000',
    `processes ${912_346 + 40 * tick}`,
    'procs_running 38',
    'procs_blocked 2',
    `softirq ${887_654_321 + 80_000 * tick} 1 2 3 4 5 6 7 8 9 10`,
  ]);
}

const diskName = (disk: number) =>
  `sd${disk < 26 ? '' : String.fromCharCode(97 + Math.floor(disk / 26) - 1)}${String.fromCharCode(97 + (disk % 26))}`;

function diskstats(tick: number): string {
  const counters = (from: number) =>
    [120, 3, 9000, 44, 310, 12, 52_000, 380, 0, 210, 424, 1, 0, 64, 1, 2, 3]
      .map((step, index) => from * 1000 + step * tick * (index === 8 ? 0 : 1))
      .join(' ');
  const rows = range(LARGE_HOST.disks, (disk) => [
    `   8 ${disk * 16} ${diskName(disk)} ${counters(disk)}`,
    `   8 ${disk * 16 + 1} ${diskName(disk)}1 ${counters(disk)}`,
  ]);
  return lines(rows.flat());
}

function netDev(tick: number): string {
  const counters = (from: number) =>
    [90_000, 120, 0, 0, 0, 0, 0, 3, 70_000, 95, 0, 0, 0, 0, 0, 0].map((step, index) => from * 10_000 + index + step * tick).join(' ');
  return lines([
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    ...range(LARGE_HOST.interfaces, (index) => `${index === 0 ? 'lo' : `eth${index}`}: ${counters(index)}`),
  ]);
}

const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0');

/** As get_tcp4_sock() writes it: 149 characters and blanks to a fixed width. */
function tcpSockets(): string {
  const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'.padEnd(149);
  const states = ['01', '01', '01', '06', '08', '0A'];
  const sockets = range(LARGE_HOST.sockets, (index) =>
    `${String(index).padStart(4)}: 0100007F:${hex(index % 65_536, 4)} 0100007F:${hex((index * 7) % 65_536, 4)} ${states[index % states.length] ?? '01'} 00000000:00000000 00:00000000 00000000  1000        0 ${123_456 + index} 1 0000000000000000 20 4 30 10 -1`.padEnd(
      149,
    ),
  );
  return lines([header, ...sockets]);
}

function vmstat(tick: number): string {
  const rising = [
    'pgpgin',
    'pgpgout',
    'pswpin',
    'pswpout',
    'pgfault',
    'pgmajfault',
    'pgscan_kswapd',
    'pgscan_direct',
    'pgsteal_kswapd',
    'pgsteal_direct',
  ];
  return lines([
    ...range(120, (index) => `nr_zone_state_${index} ${index * 1000}`),
    ...rising.map((name, index) => `${name} ${1_000_000 * (index + 1) + 500 * tick}`),
    'oom_kill 0',
  ]);
}

const MEMINFO = lines([
  ...['MemTotal:  2113929216 kB', 'MemFree:  1513929216 kB', 'MemAvailable: 1813929216 kB', 'Buffers: 1000 kB', 'Cached: 9000000 kB'],
  ...['SwapTotal: 0 kB', 'SwapFree: 0 kB', 'Dirty: 100 kB', 'Writeback: 0 kB', 'AnonPages: 900000 kB', 'Mapped: 1000 kB', 'Shmem: 100 kB'],
  ...['Slab: 4000 kB', 'SReclaimable: 3000 kB', 'PageTables: 1000 kB', 'CommitLimit: 90000 kB', 'Committed_AS: 80000 kB'],
  ...['HugePages_Total: 0', 'HugePages_Free: 0', 'HugePages_Rsvd: 0'],
]);

const SNMP = lines([
  'Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors',
  'Tcp: 1 200 120000 -1 4 5 6 7 12000 1000 2000 30 0 5 0',
  'Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors',
  'Udp: 100 2 3 100 0 0 0 0 0',
]);

/** Files of the machine at one tick: path below the root to contents. */
function changingFiles(tick: number): Record<string, string> {
  const pressure = `some avg10=1.00 avg60=0.50 avg300=0.10 total=${1_000_000 + 9000 * tick}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=${500_000 + 1000 * tick}\n`;
  return {
    'proc/stat': procStat(tick),
    'proc/loadavg': '31.20 28.11 25.90 38/4123 991234\n',
    'proc/meminfo': MEMINFO,
    'proc/vmstat': vmstat(tick),
    'proc/diskstats': diskstats(tick),
    'proc/1/net/dev': netDev(tick),
    'proc/1/net/snmp': SNMP,
    'proc/pressure/cpu': pressure,
    'proc/pressure/memory': pressure,
    'proc/pressure/io': pressure,
  };
}

function constantFiles(): Record<string, string> {
  const files: Record<string, string> = {
    'proc/1/net/tcp': tcpSockets(),
    'proc/1/net/sockstat': 'sockets: used 21000\nTCP: inuse 16667 orphan 0 tw 3333 alloc 16700 mem 4000\nUDP: inuse 120 mem 3\n',
    'proc/1/mountinfo': lines(
      range(LARGE_HOST.disks, (disk) => `${disk + 30} 1 8:${disk * 16 + 1} / /data/${disk} rw - ext4 /dev/${diskName(disk)}1 rw`),
    ),
    'sys/devices/system/cpu/online': `0-${LARGE_HOST.cpus - 1}\n`,
  };
  for (let cpu = 0; cpu < LARGE_HOST.cpus; cpu += 1) files[`sys/devices/system/cpu/cpu${cpu}/cpufreq/scaling_cur_freq`] = '2450000\n';
  for (let disk = 0; disk < LARGE_HOST.disks; disk += 1) {
    files[`sys/block/${diskName(disk)}/device/model`] = 'disk\n';
    files[`sys/block/${diskName(disk)}/${diskName(disk)}1/partition`] = '1\n';
  }
  for (let index = 1; index < LARGE_HOST.interfaces; index += 1) {
    const folder = `sys/class/net/eth${index}`;
    Object.assign(files, { [`${folder}/operstate`]: 'up\n', [`${folder}/speed`]: '25000\n', [`${folder}/device/vendor`]: '0x8086\n' });
  }
  for (let node = 0; node < LARGE_HOST.nodes; node += 1) {
    files[`sys/devices/system/node/node${node}/numastat`] =
      'numa_hit 100\nnuma_miss 1\nnuma_foreign 0\ninterleave_hit 0\nlocal_node 100\nother_node 0\n';
    files[`sys/devices/system/node/node${node}/meminfo`] = `Node ${node} MemTotal: 260000000 kB\nNode ${node} MemFree: 160000000 kB\n`;
  }
  return files;
}

export function makeLargeHost(): LargeHost {
  const root = mkdtempSync(path.join(os.tmpdir(), 'perfwatch-large-host-'));
  const write = (files: Readonly<Record<string, string>>) => {
    for (const [file, contents] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), contents);
    }
  };
  let tick = 0;
  write({ ...constantFiles(), ...changingFiles(tick) });
  return {
    procRoot: path.join(root, 'proc'),
    sysRoot: path.join(root, 'sys'),
    rootRoot: path.join(root, 'root'),
    advance() {
      tick += 1;
      write(changingFiles(tick));
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
