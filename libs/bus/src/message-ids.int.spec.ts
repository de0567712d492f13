import { subjects } from '@perfwatch/contract';
import { connect, headers, type NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestNats } from '../test/nats-server.ts';
import { recordingLog, sampleAt, until } from '../test/samples.ts';
import { openBus } from './open-bus.ts';

const WAIT_MS = 20_000;
const OF_THE_THIEF = 99;

let nats: TestNats;
let thief: NatsConnection;

beforeAll(async () => {
  nats = new TestNats();
  await nats.start();
  thief = await connect({ servers: nats.url });
});
afterAll(async () => {
  await thief.close();
  await nats.remove();
});

/** Sends a Sample with these headers; what JetStream answers. */
async function send(fields: Record<string, string>): Promise<string> {
  const named = headers();
  for (const [name, value] of Object.entries(fields)) named.set(name, value);
  const { host, collector } = sampleAt(OF_THE_THIEF);
  const payload = JSON.stringify(sampleAt(OF_THE_THIEF));
  return (await thief.request(subjects.metrics(host, collector), payload, { headers: named, timeout: 5000 })).string();
}

it('a Sample is stored whatever message ids somebody else made up before', async () => {
  const bus = openBus({ servers: nats.url, name: 'test', log: recordingLog() });
  const stored: number[] = [];
  bus.consumeSamples({
    durable: 'persistence',
    maxBatch: 50,
    lingerMs: 5,
    onBatch: (batch) => {
      for (const message of batch) {
        stored.push((JSON.parse(Buffer.from(message.payload).toString()) as { seq: number }).seq);
        message.ack();
      }
      return Promise.resolve();
    },
  });
  await bus.connected(WAIT_MS);
  bus.publishSample(sampleAt(0));
  await until(() => stored.includes(0), 'the first Sample is stored');
  // JetStream tells whoever expects another one which message id came last.
  const last = /wrong last msg ID: ([^"]+)/.exec(await send({ 'Nats-Expected-Last-Msg-Id': 'none' }))?.[1] ?? '';
  expect(last).toMatch(/^[\w-]{43}$/);
  const { host, collector, run = '' } = sampleAt(1);
  for (const guess of [last, `${host}.${collector}.${run}.1`]) await send({ 'Nats-Msg-Id': guess });
  bus.publishSample(sampleAt(1));
  await until(() => stored.includes(1), 'the next Sample is stored');
  await bus.close(0);
});
