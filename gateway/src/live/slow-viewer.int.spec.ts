import type { Socket as NetSocket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { authService } from '@perfwatch/auth';
import { subjects, type ClientToServerEvents, type Sample, type ServerToClientEvents } from '@perfwatch/contract';
import { startTestNats, startTestPostgres, type TestNats, type TestServer } from '@perfwatch/testing';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD, sampleAt, startStack, until, type Stack } from '../../test/stack.ts';

/** What the test keeps of a Sample: not its numbers, which would hide what the gateway keeps. */
type Seen = Pick<Sample, 'seq'>;
type Client = Socket<ServerToClientEvents, ClientToServerEvents>;

const HOST = 'slow-1';
const TICKS = 250;
/** Numbers of a Sample: about 200 kB, so that all of them are several times what the kernel buffers for one connection. */
const PADDING = 7000;
const IN_FLIGHT = 3;
const MIB = 1024 * 1024;

let nats: TestNats;
let postgres: TestServer;
let stack: Stack;
let token = '';
const clients: Client[] = [];

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
  const liveLimits = { maxWaitMs: 300, maxQueuedBytes: MIB };
  stack = await startStack({ natsUrl: nats.url, databaseUrl: postgres.url, services: [authService], liveLimits });
  token = await stack.login('admin', ADMIN_PASSWORD);
});
afterAll(async () => {
  for (const client of clients) client.disconnect();
  await stack.stop();
  await Promise.all([nats.dispose(), postgres.dispose()]);
});

const publish = (seq: number, padding = 0): void => {
  stack.bus.publish(subjects.metrics(HOST, 'cpu'), sampleAt({ host: HOST, seq, padding }));
};

/** Without what could be collected. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function subscribed(): Promise<{ client: Client; samples: Seen[] }> {
  const client: Client = io(`${stack.url}/live`, { auth: { token }, transports: ['websocket'], forceNew: true });
  clients.push(client);
  await new Promise<void>((resolve) => client.once('connect', resolve));
  const samples: Seen[] = [];
  client.on('sample', ({ seq }) => samples.push({ seq }));
  await client.emitWithAck('subscribe', { hosts: [HOST] });
  return { client, samples };
}

/** The TCP connection below a client. */
function rawSocket(client: Client): NetSocket {
  const transport = client.io.engine.transport as unknown as { ws: { _socket: NetSocket } };
  return transport.ws._socket;
}

describe('a viewer that does not read', () => {
  it('slows nobody, fills no memory, is skipped to the newest and told what it missed', async () => {
    const [slow, fast] = [await subscribed(), await subscribed()];
    let probe = 1000;
    await until(() => {
      publish(probe++);
      return slow.samples.length > 0 && fast.samples.length > 0;
    }, 'samples flow');
    await until(() => slow.samples.at(-1)?.seq === probe - 1 && fast.samples.at(-1)?.seq === probe - 1, 'all have arrived');
    slow.samples.length = 0;
    fast.samples.length = 0;
    let missed = 0;
    slow.client.on('missed', (event) => (missed += event.missed));

    const before = memoryInUse();
    rawSocket(slow.client).pause();
    for (let seq = 0; seq < TICKS; seq++) {
      publish(seq, PADDING);
      await until(() => fast.samples.length > seq - IN_FLIGHT, 'the other viewer keeps up');
    }
    await until(() => fast.samples.length === TICKS, 'the other viewer has all');
    // 100 MB if everything were queued, as text and as frame; buffers of sockets and parsers come and go.
    expect(memoryInUse() - before).toBeLessThan(50 * MIB);
    expect(slow.samples.length).toBeLessThan(TICKS);

    rawSocket(slow.client).resume();
    await until(() => missed > 0, 'it is told');
    expect(missed).toBeGreaterThan(TICKS / 4);
    expect(slow.samples.at(-1)?.seq).toBe(TICKS - 1);
    expect(slow.samples.length + missed).toBe(TICKS);
    publish(TICKS);
    await until(() => slow.samples.at(-1)?.seq === TICKS, 'it is live again');
    expect(slow.client.connected).toBe(true);
  });
});
