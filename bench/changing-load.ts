// A program of its own: makes work for the machine, a few seconds of one kind after another, until it is ended. Its argument is a scratch file.
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const [scratch = ''] = process.argv.slice(2);
const MIB = 2 ** 20;
const CHUNK = Buffer.alloc(MIB, 'perfwatch');
const TURN_MS = 20;

type Activity = (untilMs: number) => Promise<void>;

/** Busy for a share of the time. */
const compute: Activity = async (untilMs) => {
  const share = Math.random();
  while (performance.now() < untilMs) {
    const busyUntilMs = performance.now() + TURN_MS * share;
    while (performance.now() < busyUntilMs) Math.sqrt(Math.random());
    await delay(TURN_MS * (1 - share));
  }
};

const write: Activity = async (untilMs) => {
  const pauseMs = Math.random() * 200;
  while (performance.now() < untilMs) {
    const file = openSync(scratch, 'w');
    for (let chunk = 0; chunk < 16; chunk += 1) writeSync(file, CHUNK);
    fsyncSync(file);
    closeSync(file);
    await delay(pauseMs);
  }
};

const remember: Activity = async (untilMs) => {
  const kept: Buffer[] = [];
  while (performance.now() < untilMs) {
    if (kept.length < 400) kept.push(Buffer.alloc(MIB, 1));
    await delay(TURN_MS);
  }
};

const download: Activity = async (untilMs) => {
  const server: Server = createServer((socket) => {
    const send = () => {
      while (!socket.destroyed && socket.write(CHUNK));
    };
    socket.on('drain', send).on('error', () => undefined);
    send();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const client = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
  client
    .on('error', () => undefined)
    .on('data', () => {
      client.pause();
      setTimeout(() => client.resume(), Math.random() * 2);
    });
  await delay(untilMs - performance.now());
  client.destroy();
  server.close();
};

const rest: Activity = (untilMs) => delay(untilMs - performance.now());

const ACTIVITIES = [compute, compute, write, remember, download, rest, rest];
process.on('SIGTERM', () => {
  rmSync(scratch, { force: true });
  process.exit(0);
});
for (;;) {
  const activity = ACTIVITIES[Math.floor(Math.random() * ACTIVITIES.length)] ?? rest;
  await activity(performance.now() + 2000 + Math.random() * 18_000);
}
