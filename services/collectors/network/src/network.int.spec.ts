import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createSocket, type SocketType } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openSockDiag, type SockDiag } from '@perfwatch/perf-event';
import { HostFs } from '@perfwatch/procfs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NetworkReader } from './network-reader.ts';

const SECONDS = 10;
const TOLERANCE = 0.02;
const BYTES_PER_KIB = 1024;
const TRAFFIC_BYTES = 64 * 1024 * BYTES_PER_KIB;
const ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/bin:/bin:/usr/sbin:/sbin' };
const isInstalled = (program: string) => spawnSync(program, ['-V'], { env: ENVIRONMENT }).error === undefined;

function newReader(diag: SockDiag | null = null): NetworkReader {
  const fs = new HostFs({ procRoot: '/proc', sysRoot: '/sys', rootRoot: '/' });
  const reader = new NetworkReader({ fs, diag, nowMs: () => performance.now() });
  onTestFinished(() => {
    reader.close();
    fs.close();
  });
  return reader;
}

/** A server on a free port of the loopback, closed when the test ends. */
async function listen(onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, onConnection);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address.port;
}

async function connectTo(server: Server): Promise<Socket> {
  const socket = connect({ port: portOf(server), host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Sends TRAFFIC_BYTES over the loopback. */
async function makeTraffic(): Promise<void> {
  const chunk = Buffer.alloc(64 * BYTES_PER_KIB, 1);
  const server = await listen((socket) => {
    socket.resume();
    socket.on('end', () => socket.end());
  });
  const socket = await connectTo(server);
  socket.resume();
  for (let sent = 0; sent < TRAFFIC_BYTES; sent += chunk.length) {
    if (!socket.write(chunk)) await once(socket, 'drain');
  }
  socket.end();
  await once(socket, 'close');
}

/** Rates of `sar -n DEV` by interface: packets and bytes per second. */
function averagesOf(output: string) {
  const rows = output.split('\n').filter((row) => row.startsWith('Average:') && !row.includes('IFACE'));
  return rows.map((row) => {
    const [, name = '', recvPackets, sentPackets, recvKib, sentKib] = row.split(/\s+/);
    return {
      name,
      recv_packets_per_sec: Number(recvPackets),
      sent_packets_per_sec: Number(sentPackets),
      recv_bytes_per_sec: Number(recvKib) * BYTES_PER_KIB,
      sent_bytes_per_sec: Number(sentKib) * BYTES_PER_KIB,
    };
  });
}

/** TCP sockets by state, as ss(8) lists them. */
function statesOfSs(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const row of execFileSync('ss', ['-tanH'], { encoding: 'utf8', env: ENVIRONMENT }).split('\n')) {
    const state = row.split(/\s+/)[0] ?? '';
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
}

/** Totals of `ss -s`. */
function totalsOfSs(): { timeWait: number; udp: number } {
  const text = execFileSync('ss', ['-s'], { encoding: 'utf8', env: ENVIRONMENT });
  return { timeWait: Number(/timewait (\d+)/.exec(text)?.[1]), udp: Number(/^UDP\s+(\d+)/m.exec(text)?.[1]) };
}

/** What ss(8) says of what the collector counts: the metrics by name. */
function readSs(): Readonly<Record<string, number>> {
  const { '': _lastRow, ...states } = statesOfSs();
  const { timeWait, udp } = totalsOfSs();
  return {
    tcp_established_count: states['ESTAB'] ?? 0,
    tcp_close_wait_count: states['CLOSE-WAIT'] ?? 0,
    tcp_time_wait_count: timeWait,
    tcp_listen_count: states['LISTEN'] ?? 0,
    udp_count: udp,
    connection_count: Object.values(states).reduce((sum, count) => sum + count, 0) + udp,
  };
}

const ESTABLISHED = 20;
const CLOSE_WAIT = 7;
const TIME_WAIT = 5;
const LISTENING = 3;

async function openUdp(type: SocketType, address: string): Promise<void> {
  const socket = createSocket(type).bind(0, address);
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
}

/** Opens sockets of every state that is counted. */
async function openSockets(): Promise<void> {
  const accepted: Socket[] = [];
  const server = await listen((socket) => {
    onTestFinished(() => void socket.destroy());
    accepted.push(socket);
  });
  for (let extra = 1; extra < LISTENING; extra += 1) await listen(() => {});
  for (let pair = 0; pair < ESTABLISHED / 2; pair += 1) await connectTo(server);
  // One end is closed, the program at the other end does not notice.
  for (let half = 0; half < CLOSE_WAIT; half += 1) (await connectTo(server)).end();
  const echo = await listen((socket) => socket.resume().on('end', () => socket.end()));
  for (let closed = 0; closed < TIME_WAIT; closed += 1) {
    const socket = await connectTo(echo);
    socket.resume().end();
    await once(socket, 'close');
  }
  await Promise.all([openUdp('udp4', '127.0.0.1'), openUdp('udp6', '::1')]);
  await expect.poll(() => accepted.length).toBe(ESTABLISHED / 2 + CLOSE_WAIT);
}

// Both read for themselves, a moment apart: what others open and send in between is not a defect, three times in a row is.
describe('the network collector on this machine', { retry: 2 }, () => {
  it.skipIf(!isInstalled('sar'))(
    'agrees with sar -n DEV within 2 % on every interface while the loopback is busy (needs sar, from the package sysstat)',
    async () => {
      const reader = newReader();
      const beganMs = performance.now();
      reader.read({ elapsedMs: null });
      const finished = promisify(execFile)('sar', ['-n', 'DEV', String(SECONDS), '1'], { env: ENVIRONMENT });
      // All of it between the first and the last reading of both, so that both see the same packets.
      await delay(1000);
      await makeTraffic();
      const { stdout } = await finished;
      const { metrics } = reader.read({ elapsedMs: performance.now() - beganMs });
      const averages = averagesOf(stdout);
      expect(Object.keys(metrics.interface ?? {}).sort()).toEqual(averages.map(({ name }) => name).sort());
      for (const { name, ...theirs } of averages) {
        const ours = metrics.interface?.[name];
        for (const metric of ['recv_packets_per_sec', 'sent_packets_per_sec', 'recv_bytes_per_sec', 'sent_bytes_per_sec'] as const) {
          const unit = metric.endsWith('_bytes_per_sec') ? BYTES_PER_KIB : 1;
          const difference = Math.abs(Number(ours?.[metric]) - theirs[metric]);
          expect(difference, `${name} ${metric}: ${ours?.[metric]}, sar ${theirs[metric]}`).toBeLessThanOrEqual(
            Math.max(TOLERANCE * theirs[metric], unit),
          );
        }
      }
      expect(metrics.interface?.['lo']?.recv_bytes_per_sec).toBeGreaterThan((0.9 * TRAFFIC_BYTES) / SECONDS);
      const eth0 = metrics.interface?.['eth0'];
      if (eth0 !== undefined) expect(metrics.recv_bytes_per_sec).toBeLessThan((0.1 * TRAFFIC_BYTES) / SECONDS);
    },
  );

  it.skipIf(!isInstalled('ss')).each([
    ['NETLINK_SOCK_DIAG', openSockDiag],
    ['/proc/net/tcp', () => null],
  ])('agrees with ss on sockets of every state, counted through %s (needs ss, from the package iproute2)', async (_name, openDiag) => {
    await openSockets();
    const before = readSs();
    const { metrics } = newReader(openDiag()).read({ elapsedMs: null });
    const after = readSs();
    for (const [metric, count] of Object.entries(before)) {
      const [least, most] = [count, after[metric] ?? Number.NaN].sort((one, other) => one - other);
      const ours = Number(Object.entries(metrics).find(([name]) => name === metric)?.[1] ?? Number.NaN);
      expect(ours, `${metric}: ${ours}, ss ${count}`).toBeGreaterThanOrEqual(Number(least));
      expect(ours, `${metric}: ${ours}, ss ${count}`).toBeLessThanOrEqual(Number(most));
    }
    expect(before['tcp_established_count']).toBeGreaterThanOrEqual(ESTABLISHED);
    expect(before['tcp_close_wait_count']).toBeGreaterThanOrEqual(CLOSE_WAIT);
    expect(before['tcp_time_wait_count']).toBeGreaterThanOrEqual(TIME_WAIT);
    expect(before['tcp_listen_count']).toBeGreaterThanOrEqual(LISTENING);
    expect(before['udp_count']).toBeGreaterThanOrEqual(2);
  });
});
