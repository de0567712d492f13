// Connects viewers to a gateway and reports, as one JSON line, how long each Sample took from its tick to arrive.
// node bench/viewers.ts <gateway url> <count> <seconds>; the token is read from standard input.
import { readFileSync } from 'node:fs';
import type { ClientToServerEvents, Sample, ServerToClientEvents } from '@perfwatch/contract';
import { io, type Socket } from 'socket.io-client';

const [url = '', count = '1', seconds = '10'] = process.argv.slice(2);
const token = readFileSync(0, 'utf8').trim();
const latenciesMs: number[] = [];
let isMeasuring = false;

function connect(): Promise<Socket<ServerToClientEvents, ClientToServerEvents>> {
  return new Promise((resolve, reject) => {
    const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(`${url}/live`, {
      auth: { token },
      transports: ['websocket'],
      forceNew: true,
    });
    socket.on('connect_error', reject);
    socket.on('sample', (sample: Sample) => {
      if (isMeasuring) latenciesMs.push(Date.now() - Date.parse(sample.ts));
    });
    socket.on('connect', () => {
      socket.emit('subscribe', {}, (reply) => (reply.ok ? resolve(socket) : reject(new Error(reply.error))));
    });
  });
}

const sockets = [];
for (let index = 0; index < Number(count); index += 1) sockets.push(await connect());
process.stderr.write('connected\n');
await new Promise((resolve) => setTimeout(resolve, 2000));
isMeasuring = true;
process.stderr.write('measuring\n');
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
isMeasuring = false;
process.stdout.write(`${JSON.stringify(latenciesMs)}\n`);
for (const socket of sockets) socket.disconnect();
