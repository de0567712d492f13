import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { HostFs } from '@perfwatch/procfs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findNetworkDirectory } from './network-directory.ts';
import { NetworkReader } from './network-reader.ts';

let root: string;
let fs: HostFs;
let nowMs: number;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'perfwatch-network-'));
  fs = new HostFs({ procRoot: join(root, 'proc'), sysRoot: join(root, 'sys'), rootRoot: root });
  nowMs = 0;
});
afterEach(() => {
  fs.close();
  rmSync(root, { recursive: true });
});

const newReader = () => new NetworkReader({ fs, diag: null, nowMs: () => nowMs });

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}
const remove = (path: string) => rmSync(join(root, path), { recursive: true });

/** recvBytes and sentBytes by interface; a thousandth of either are packets. */
type Traffic = Readonly<Record<string, readonly [recvBytes: number, sentBytes: number]>>;

function putDev(traffic: Traffic, directory = '1/net'): void {
  const rows = Object.entries(traffic).map(
    ([name, [recv, sent]]) => `${name}: ${recv} ${recv / 1000} 0 0 0 0 0 0 ${sent} ${sent / 1000} 0 0 0 0 0 0\n`,
  );
  const header =
    'Inter-| Receive | Transmit\n face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs drop fifo colls carrier compressed\n';
  put(`proc/${directory}/dev`, header + rows.join(''));
}

/** What sysfs shows of an interface: files by path below its directory. */
function putLink(name: string, files: Readonly<Record<string, string>> = {}): void {
  const all = {
    type: name === 'lo' ? '772\n' : '1\n',
    operstate: name === 'lo' ? 'unknown\n' : 'up\n',
    flags: '0x1003\n',
    carrier: '1\n',
    ...files,
  };
  for (const [path, content] of Object.entries(all)) put(`sys/class/net/${name}/${path}`, content);
}
const HARDWARE = { 'device/uevent': 'DRIVER=igb\n', speed: '1000\n' };

interface Sockets {
  currEstab?: number;
  retransSegs?: number;
  udpErrors?: number;
  listenDrops?: number;
}

function putSockets({ currEstab = 0, retransSegs = 0, udpErrors = 0, listenDrops = 0 }: Sockets = {}): void {
  put('proc/1/net/snmp', `Tcp: CurrEstab RetransSegs\nTcp: ${currEstab} ${retransSegs}\nUdp: InErrors\nUdp: ${udpErrors}\n`);
  put('proc/1/net/netstat', `TcpExt: ListenDrops\nTcpExt: ${listenDrops}\n`);
  put('proc/1/net/sockstat', 'TCP: inuse 6 orphan 0 tw 3 alloc 9 mem 1\nUDP: inuse 2 mem 1\n');
}

const TCP_HEADER = '  sl  local_address rem_address   st tx_queue\n';
const tcpRows = (...states: string[]) =>
  TCP_HEADER + states.map((state, row) => `  ${row}: 0100007F:0277 00000000:0000 ${state} 0\n`).join('');

/** A machine with one card, `eth0`, and nothing going on. */
function putMachine(): void {
  putDev({ lo: [0, 0], eth0: [0, 0] });
  putLink('lo');
  putLink('eth0', HARDWARE);
  putSockets();
  put('proc/1/net/tcp', tcpRows('0A'));
}

/** Reads one tick for each traffic, a second apart. */
function readTicks(ticks: readonly Traffic[]) {
  const reader = newReader();
  return ticks.map((traffic, tick) => {
    putDev(traffic);
    return reader.read({ elapsedMs: tick === 0 ? null : 1000 }).metrics;
  });
}

describe('the network namespace', () => {
  beforeEach(putMachine);

  it('is that of the first process, not that of whoever reads', () => {
    mkdirSync(join(root, 'proc/self/net'), { recursive: true });
    symlinkSync('self/net', join(root, 'proc/net'));
    putDev({ inside: [0, 0] }, 'self/net');
    expect(Object.keys(newReader().read({ elapsedMs: null }).metrics.interface ?? {})).toEqual(['lo', 'eth0']);
  });

  it('is never that of the reading container, even where that of the machine cannot be read', () => {
    remove('proc/1');
    symlinkSync('self/net', join(root, 'proc/net'));
    putDev({ inside: [0, 0] }, 'self/net');
    const { metrics, status, reason } = newReader().read({ elapsedMs: null });
    expect([metrics, status]).toEqual([{}, 'unavailable']);
    expect(reason).toMatch(
      /^The network of process 1 cannot be seen \(.*1\/net\/dev does not exist on this machine\): mount the host's \/proc without hidepid/,
    );
  });

  it('is that of a copied tree, whose net is a directory', () => {
    remove('proc/1');
    putDev({ lo: [0, 0], old: [0, 0] }, 'net');
    expect(Object.keys(newReader().read({ elapsedMs: null }).metrics.interface ?? {})).toEqual(['lo', 'old']);
  });

  it('is found later where it cannot be read at first', () => {
    remove('proc/1');
    const reader = newReader();
    expect(reader.read({ elapsedMs: null }).status).toBe('unavailable');
    putMachine();
    expect(reader.read({ elapsedMs: 1000 }).status).toBe('ok');
  });

  it('is the own one of a collector that sees its own /proc', () => {
    expect(findNetworkDirectory(new HostFs({ procRoot: '/proc', sysRoot: '/sys', rootRoot: '/' })).path).toBe('net');
  });
});

describe('totals', () => {
  beforeEach(putMachine);

  it('are null at the first tick, then the rates of the card without lo', () => {
    const [first, second] = readTicks([
      { lo: [0, 0], eth0: [0, 0] },
      { lo: [5000, 5000], eth0: [2000, 1000] },
    ]);
    expect([first?.recv_bytes_per_sec, first?.sent_packets_per_sec]).toEqual([null, null]);
    expect(second).toMatchObject({ recv_bytes_per_sec: 2000, sent_bytes_per_sec: 1000, recv_packets_per_sec: 2, sent_packets_per_sec: 1 });
    expect(second?.interface?.['lo']).toMatchObject({ recv_bytes_per_sec: 5000 });
  });

  it('do not jump when a card comes, goes or begins anew', () => {
    putLink('eth1', HARDWARE);
    const ticks = readTicks([
      { lo: [0, 0], eth0: [9000, 0] },
      { lo: [0, 0], eth0: [10_000, 0], eth1: [7_000_000, 0] },
      { lo: [0, 0], eth0: [11_000, 0], eth1: [7_002_000, 0] },
      { lo: [0, 0], eth0: [12_000, 0], eth1: [1000, 0] },
      { lo: [0, 0], eth0: [13_000, 0] },
    ]);
    expect(ticks.map((metrics) => metrics.recv_bytes_per_sec)).toEqual([null, 1000, 3000, 1000, 1000]);
  });

  it('name the interfaces they are made of as their source, anew when those change', () => {
    const reader = newReader();
    const first = reader.read({ elapsedMs: null }).sources;
    expect(first).toHaveProperty('recv_bytes_per_sec', 'eth0: physical interfaces of /proc/net/dev');
    expect(reader.read({ elapsedMs: 1000 }).sources).toBe(first);
    putLink('eth1', HARDWARE);
    putDev({ lo: [0, 0], eth0: [0, 0], eth1: [0, 0] });
    expect(reader.read({ elapsedMs: 1000 }).sources).toHaveProperty(
      'sent_drops_per_sec',
      'eth0, eth1: physical interfaces of /proc/net/dev',
    );
  });

  it('name no more interfaces than a catalog takes', () => {
    const names = Array.from({ length: 40 }, (_, card) => `enp129s0f${card}np${card}`);
    remove('sys/class/net');
    for (const name of names) putLink(name, HARDWARE);
    putDev(Object.fromEntries(names.map((name) => [name, [0, 0] as const])));
    const source = newReader().read({ elapsedMs: null }).sources?.['recv_bytes_per_sec'] ?? '';
    expect(source).toMatch(/^enp129s0f0np0, .* and 32 more: physical interfaces/);
    expect(source.length).toBeLessThanOrEqual(300);
  });

  it('are null, with the reason, where there is only lo', () => {
    remove('sys/class/net/eth0');
    putDev({ lo: [0, 0] });
    const { metrics, unavailable, status } = newReader().read({ elapsedMs: null });
    expect([metrics.recv_bytes_per_sec, status]).toEqual([null, 'ok']);
    expect(unavailable).toHaveProperty('recv_bytes_per_sec', expect.stringMatching(/^This machine has no interface but lo/));
  });
});

describe('an interface', () => {
  beforeEach(putMachine);

  it('that is renamed or comes back begins anew', () => {
    const ticks = readTicks([
      { lo: [0, 0], eth0: [9000, 0] },
      { lo: [0, 0], lan0: [10_000, 0] },
      { lo: [0, 0], eth0: [11_000, 0] },
      { lo: [0, 0], eth0: [12_000, 0] },
    ]);
    expect(ticks[1]?.interface).not.toHaveProperty('eth0');
    expect(ticks.map(({ interface: all }) => (all?.['eth0'] ?? all?.['lan0'])?.recv_bytes_per_sec)).toEqual([null, null, null, 1000]);
  });

  it('shows within 3 s that its cable was pulled, and its speed with it', () => {
    const reader = newReader();
    expect(reader.read({ elapsedMs: null }).metrics.interface?.['eth0']).toMatchObject({
      up_ratio: 1,
      link_speed_bytes_per_sec: 125_000_000,
    });
    putLink('eth0', { ...HARDWARE, operstate: 'down\n', speed: '-1\n' });
    const seen = [1000, 1000, 1000].map((elapsedMs) => reader.read({ elapsedMs }).metrics.interface?.['eth0']);
    expect(seen.at(-1)).toMatchObject({ up_ratio: 0, link_speed_bytes_per_sec: null });
  });

  it('shows a change of speed alone within 12 s', () => {
    const reader = newReader();
    reader.read({ elapsedMs: null });
    putLink('eth0', { ...HARDWARE, speed: '100\n' });
    for (let second = 0; second < 12; second += 1) reader.read({ elapsedMs: 1000 });
    expect(reader.read({ elapsedMs: 1000 }).metrics.interface?.['eth0']).toMatchObject({ link_speed_bytes_per_sec: 12_500_000 });
  });

  it.each([
    ['lo, brought up', { operstate: 'unknown\n', flags: '0x9\n', carrier: '1\n' }, 1],
    ['a tunnel without carrier', { operstate: 'unknown\n', flags: '0x1091\n', carrier: '0\n' }, 0],
    ['one that was not brought up', { operstate: 'unknown\n', flags: '0x82\n', carrier: '' }, 0],
    ['one whose lower layer is down', { operstate: 'lowerlayerdown\n', carrier: '1\n' }, 0],
  ])('counts as up by what it is: %s', (_name, files, upRatio) => {
    putLink('eth0', files);
    expect(newReader().read({ elapsedMs: null }).metrics.interface?.['eth0']).toMatchObject({ up_ratio: upRatio });
  });

  it('has neither speed nor state where /sys shows another namespace, and the totals go by the names', () => {
    remove('sys/class/net/eth0');
    putLink('eth7', HARDWARE);
    putDev({ lo: [0, 0], eth0: [1000, 0], veth3: [1000, 0] });
    const reader = newReader();
    expect(reader.read({ elapsedMs: null }).unavailable).toHaveProperty(['interface.up_ratio']);
    putDev({ lo: [0, 0], eth0: [3000, 0], veth3: [4000, 0] });
    const { metrics, unavailable, sources, status } = reader.read({ elapsedMs: 1000 });
    expect(metrics.interface?.['lo']).toMatchObject({ up_ratio: null, link_speed_bytes_per_sec: null });
    expect([metrics.recv_bytes_per_sec, status]).toEqual([2000, 'ok']);
    expect(unavailable).toHaveProperty(['interface.up_ratio'], expect.stringContaining('another network namespace'));
    expect(sources).toHaveProperty('recv_bytes_per_sec', expect.stringMatching(/^eth0: interfaces that by their name/));
  });

  it('says what it lacks with the same object while that does not change, for a catalog is made of it', () => {
    putLink('eth0', { ...HARDWARE, speed: '-1\n' });
    const reader = newReader();
    const [first, second] = [null, 1000].map((elapsedMs) => reader.read({ elapsedMs }).unavailable);
    expect(Object.keys(first ?? {})).toEqual(['interface.link_speed_bytes_per_sec']);
    expect(second).toBe(first);
  });

  it('that /proc names a moment before /sys does not make /sys another namespace', () => {
    const reader = newReader();
    reader.read({ elapsedMs: null });
    putDev({ lo: [0, 0], eth0: [0, 0], eth1: [0, 0] });
    expect(reader.read({ elapsedMs: 1000 }).metrics.interface?.['eth0']).toMatchObject({ up_ratio: 1 });
    putLink('eth1', HARDWARE);
    for (let second = 0; second < 12; second += 1) reader.read({ elapsedMs: 1000 });
    const { metrics, sources } = reader.read({ elapsedMs: 1000 });
    expect(metrics.interface?.['eth1']).toMatchObject({ up_ratio: 1 });
    expect(sources).toHaveProperty('recv_bytes_per_sec', 'eth0, eth1: physical interfaces of /proc/net/dev');
  });

  it('is not shown under a name that no Sample may have', () => {
    putDev({ lo: [0, 0], eth0: [0, 0], 'a\u0007b': [0, 0], __proto__x: [0, 0] });
    const { metrics, status, reason } = newReader().read({ elapsedMs: null });
    expect(Object.keys(metrics.interface ?? {})).toEqual(['lo', 'eth0', '__proto__x']);
    expect([status, reason]).toEqual(['partial', expect.stringContaining('1 interfaces are not shown')]);
  });

  it('that is one of many new ones is known by its kind at once, by its state within 3 s', () => {
    const names = Array.from({ length: 100 }, (_, card) => `eth${card}`);
    for (const name of names) putLink(name, HARDWARE);
    putDev({ lo: [0, 0], ...Object.fromEntries(names.map((name) => [name, [0, 0] as const])) });
    const reader = newReader();
    const { metrics, sources } = reader.read({ elapsedMs: null });
    expect([metrics.interface?.['eth1']?.up_ratio, metrics.interface?.['eth99']?.up_ratio]).toEqual([1, null]);
    expect(sources).toHaveProperty('recv_bytes_per_sec', expect.stringContaining('and 92 more: physical'));
    for (let second = 0; second < 3; second += 1) reader.read({ elapsedMs: 1000 });
    const { interface: interfaces } = reader.read({ elapsedMs: 1000 }).metrics;
    expect(Object.values(interfaces ?? {}).filter(({ up_ratio: upRatio }) => upRatio !== 1)).toEqual([]);
    expect(interfaces?.['eth99']).toMatchObject({ link_speed_bytes_per_sec: 125_000_000 });
  });

  it('is one of 2048 at most, those of the totals first', () => {
    const virtual = Array.from({ length: 2100 }, (_, index) => [`veth${index}`, [0, 0] as const] as const);
    putDev(Object.fromEntries([...virtual, ['eth0', [0, 0] as const]]));
    const { metrics, reason } = newReader().read({ elapsedMs: null });
    const names = Object.keys(metrics.interface ?? {});
    expect([names.length, names[0]]).toEqual([2048, 'eth0']);
    expect(reason).toContain('53 interfaces are not shown');
  });
});
