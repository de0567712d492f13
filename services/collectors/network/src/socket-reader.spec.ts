import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SockDiagError, type SockDiag } from '@perfwatch/perf-event';
import { HostFs } from '@perfwatch/procfs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SocketReader } from './socket-reader.ts';

let root: string;
let fs: HostFs;
let nowMs: number;

const put = (file: string, content: string) => writeFileSync(join(root, 'net', file), content);
const remove = (file: string) => rmSync(join(root, 'net', file));
const newReader = (diag: SockDiag | null = null) => new SocketReader({ fs, directory: 'net', diag, nowMs: () => nowMs });

const putSnmp = ({ open = 0, retransmits = 0, udpErrors = 0 }) =>
  put('snmp', `Tcp: CurrEstab RetransSegs\nTcp: ${open} ${retransmits}\nUdp: InErrors\nUdp: ${udpErrors}\n`);
const putTcp = (file: string, ...states: string[]) =>
  put(
    file,
    '  sl  local_address rem_address   st tx_queue\n' +
      states.map((state, row) => `  ${row}: 0100007F:0277 00000000:0000 ${state} 0\n`).join(''),
  );

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'perfwatch-sockets-'));
  mkdirSync(join(root, 'net'));
  fs = new HostFs({ procRoot: root, sysRoot: root, rootRoot: root });
  nowMs = 0;
  putSnmp({ open: 5 });
  put('netstat', 'TcpExt: ListenDrops\nTcpExt: 3\n');
  put('sockstat', 'TCP: inuse 6 orphan 0 tw 3 alloc 9 mem 1\nUDP: inuse 2 mem 1\n');
  put('sockstat6', 'TCP6: inuse 4\nUDP6: inuse 1\n');
  put('snmp6', 'Udp6InErrors\t2\n');
  putTcp('tcp', '0A', '01', '01', '08', '06');
  putTcp('tcp6', '0A', '01', '08');
});
afterEach(() => {
  fs.close();
  rmSync(root, { recursive: true });
});

describe('counts of sockets', () => {
  it('are of IPv4 and IPv6: open ones without those that wait to be closed, time-wait, listening, UDP and all', () => {
    const { metrics, fault } = newReader().read(null);
    expect(metrics).toMatchObject({
      ...{ tcp_established_count: 3, tcp_close_wait_count: 2, tcp_listen_count: 2 },
      ...{ tcp_time_wait_count: 3, udp_count: 3, connection_count: 6 + 3 + 4 + 3 },
    });
    expect(fault).toBeNull();
  });

  it('follow what the kernel counts as open between two counts of states', () => {
    const reader = newReader();
    reader.read(null);
    putSnmp({ open: 50 });
    expect(reader.read(1000).metrics).toMatchObject({ tcp_established_count: 48, tcp_close_wait_count: 2 });
    putSnmp({ open: 1 });
    expect(reader.read(1000).metrics, 'not both, and not which').toMatchObject({ tcp_established_count: null, tcp_close_wait_count: null });
  });

  it('come from a new count of states when one is due', async () => {
    const reader = newReader();
    reader.read(null);
    putTcp('tcp', '0A', '0A', '0A', '08', '08', '08');
    nowMs += 60_000;
    expect(reader.read(60_000).metrics).toMatchObject({ tcp_listen_count: 2, tcp_close_wait_count: 2 });
    await nextTurn();
    await nextTurn();
    expect(reader.read(1000).metrics).toMatchObject({ tcp_listen_count: 4, tcp_close_wait_count: 4, tcp_established_count: 1 });
  });

  it('are those of IPv4 where IPv6 is turned off', () => {
    for (const file of ['tcp6', 'sockstat6', 'snmp6']) remove(file);
    const { metrics, fault } = newReader().read(null);
    expect(metrics).toMatchObject({ tcp_listen_count: 1, udp_count: 2, connection_count: 11 });
    expect(fault).toBeNull();
  });

  it('take no look at a table that sockstat calls empty', () => {
    put('sockstat6', 'TCP6: inuse 0\nUDP6: inuse 1\n');
    expect(newReader().read(null).metrics).toMatchObject({ tcp_listen_count: 1, tcp_close_wait_count: 1 });
    put('sockstat', 'TCP: inuse 0 orphan 0 tw 3 alloc 9 mem 1\nUDP: inuse 2 mem 1\n');
    expect(newReader().read(null).metrics).toMatchObject({ tcp_listen_count: 0, tcp_time_wait_count: 3 });
  });

  it('come from the states alone where snmp and sockstat cannot be read', () => {
    remove('snmp');
    remove('sockstat');
    const { metrics, fault } = newReader().read(null);
    expect(metrics).toMatchObject({ tcp_established_count: 3, tcp_close_wait_count: 2, tcp_time_wait_count: 1 });
    expect(metrics).toMatchObject({ udp_count: null, connection_count: null });
    expect(fault).toMatch(/net\/snmp does not exist on this machine/);
  });

  it('are null, with the reason, where the states cannot be read', () => {
    remove('tcp');
    const { metrics, fault } = newReader().read(null);
    expect(metrics).toMatchObject({ tcp_established_count: null, tcp_close_wait_count: null, tcp_listen_count: null, udp_count: 3 });
    expect(fault).toMatch(/net\/tcp does not exist on this machine/);
    putTcp('tcp', 'ZZ');
    expect(newReader().read(null).fault).toMatch(/line 2 has no state/);
  });
});

describe('counts through NETLINK_SOCK_DIAG', () => {
  const asked: string[] = [];
  const diag: SockDiag = {
    *waitingSockets(family) {
      asked.push(family);
      yield;
      return family === 'ipv4' ? { listen: 30, closeWait: 1 } : { listen: 12, closeWait: 2 };
    },
  };
  beforeEach(() => void asked.splice(0));

  it('are of both families, and leave the files alone', () => {
    remove('tcp');
    remove('tcp6');
    const { metrics, fault } = newReader(diag).read(null);
    expect(metrics).toMatchObject({ tcp_listen_count: 42, tcp_close_wait_count: 3, tcp_established_count: 2, tcp_time_wait_count: 3 });
    expect([fault, asked]).toEqual([null, ['ipv4', 'ipv6']]);
  });

  it('ask for no family that has no socket', () => {
    put('sockstat6', 'TCP6: inuse 0\nUDP6: inuse 1\n');
    expect(newReader(diag).read(null).metrics).toMatchObject({ tcp_listen_count: 30 });
    expect(asked).toEqual(['ipv4']);
  });

  it('know no open connections where snmp cannot be read', () => {
    remove('snmp');
    const { metrics, unavailable } = newReader(diag).read(null);
    expect(metrics).toMatchObject({ tcp_established_count: null, tcp_listen_count: 42 });
    expect(unavailable).toMatchObject({ tcp_established_count: expect.stringContaining('snmp does not exist') });
  });

  it('give way to the files, for good, where the kernel refuses', async () => {
    let refusals = 0;
    const reader = newReader({
      *waitingSockets() {
        refusals += 1;
        yield;
        throw new SockDiagError('send of NETLINK_SOCK_DIAG fails with errno 1', { errno: 1 });
      },
    });
    const { metrics, fault } = reader.read(null);
    expect(metrics).toMatchObject({ tcp_listen_count: 2, tcp_close_wait_count: 2 });
    nowMs += 60_000;
    reader.read(60_000);
    await nextTurn();
    await nextTurn();
    expect([refusals, fault]).toEqual([1, null]);
  });

  it('give way to the files only for the moment where descriptors are short', async () => {
    let refusals = 0;
    const reader = newReader({
      *waitingSockets() {
        refusals += 1;
        yield;
        throw new SockDiagError('socket of NETLINK_SOCK_DIAG fails with errno 24', { errno: 24 });
      },
    });
    expect(reader.read(null).metrics).toMatchObject({ tcp_listen_count: 2 });
    nowMs += 60_000;
    reader.read(60_000);
    await nextTurn();
    await nextTurn();
    expect(refusals).toBe(2);
  });

  it('take a sum of open connections that fell below 0 for none', () => {
    put('snmp', 'Tcp: CurrEstab RetransSegs\nTcp: 18446744073709551615 1\nUdp: InErrors\nUdp: 0\n');
    const idle: SockDiag = {
      *waitingSockets() {
        yield;
        return { listen: 1, closeWait: 0 };
      },
    };
    expect(newReader(idle).read(null).metrics).toMatchObject({ tcp_established_count: 0, tcp_close_wait_count: 0 });
  });

  it('are forgotten, and made anew with the next tick, as soon as there are fewer open connections than waited to be closed', async () => {
    let closeWait = 600;
    const reader = newReader({
      *waitingSockets(family) {
        yield;
        return { listen: 1, closeWait: family === 'ipv4' ? closeWait : 0 };
      },
    });
    put('snmp', 'Tcp: CurrEstab RetransSegs\nTcp: 618 1\nUdp: InErrors\nUdp: 0\n');
    expect(reader.read(null).metrics).toMatchObject({ tcp_established_count: 18, tcp_close_wait_count: 600 });
    put('snmp', 'Tcp: CurrEstab RetransSegs\nTcp: 18 1\nUdp: InErrors\nUdp: 0\n');
    closeWait = 0;
    expect(reader.read(1000).metrics).toMatchObject({ tcp_established_count: null, tcp_close_wait_count: null });
    reader.read(1000);
    await nextTurn();
    await nextTurn();
    expect(reader.read(1000).metrics).toMatchObject({ tcp_established_count: 18, tcp_close_wait_count: 0 });
  });
});

describe('rates of sockets', () => {
  it('are null at the first tick, and IPv4 and IPv6 together for UDP', () => {
    const reader = newReader();
    const unknown = { tcp_retransmits_per_sec: null, tcp_listen_drops_per_sec: null, udp_receive_errors_per_sec: null };
    expect(reader.read(null).metrics).toMatchObject(unknown);
    putSnmp({ retransmits: 10, udpErrors: 4 });
    put('netstat', 'TcpExt: ListenDrops\nTcpExt: 9\n');
    put('snmp6', 'Udp6InErrors\t8\n');
    expect(reader.read(2000).metrics).toMatchObject({
      ...{ tcp_retransmits_per_sec: 5, tcp_listen_drops_per_sec: 3, udp_receive_errors_per_sec: 5 },
    });
  });

  it('are null for one tick after a reset', () => {
    const reader = newReader();
    putSnmp({ retransmits: 10, udpErrors: 10 });
    reader.read(null);
    putSnmp({ retransmits: 2, udpErrors: 2 });
    expect(reader.read(1000).metrics).toMatchObject({ tcp_retransmits_per_sec: null, udp_receive_errors_per_sec: null });
    putSnmp({ retransmits: 3, udpErrors: 2 });
    expect(reader.read(1000).metrics).toMatchObject({ tcp_retransmits_per_sec: 1, udp_receive_errors_per_sec: 0 });
  });

  it('say which counter this kernel does not have', () => {
    put('netstat', 'TcpExt: SyncookiesSent\nTcpExt: 0\n');
    const { unavailable, fault } = newReader().read(null);
    expect([unavailable, fault]).toEqual([{ tcp_listen_drops_per_sec: 'This kernel does not count ListenDrops in /proc/net' }, null]);
  });
});
