// The yardstick: the same Samples, heard by as many plain NATS clients, without gateway or Socket.IO.
// node bench/nats-listeners.ts <nats url> <count> <seconds>
import { ALL_PUBLIC_SUBJECTS, sampleSchema } from '@perfwatch/contract';
import { connect, type NatsConnection } from 'nats';

const [url = '', count = '1', seconds = '10'] = process.argv.slice(2);
const latenciesMs: number[] = [];
let isMeasuring = false;

async function listen(connection: NatsConnection): Promise<void> {
  for await (const message of connection.subscribe(ALL_PUBLIC_SUBJECTS)) {
    const sample = isMeasuring && message.subject.startsWith('perfwatch.v1.metrics.') ? sampleSchema.safeParse(message.json()) : null;
    if (sample?.success === true) latenciesMs.push(Date.now() - Date.parse(sample.data.ts));
  }
}

const connections: NatsConnection[] = [];
for (let index = 0; index < Number(count); index += 1) connections.push(await connect({ servers: url }));
const listening = connections.map(listen);
await new Promise((resolve) => setTimeout(resolve, 2000));
isMeasuring = true;
process.stderr.write('measuring\n');
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
isMeasuring = false;
process.stdout.write(`${JSON.stringify(latenciesMs)}\n`);
await Promise.all(connections.map((connection) => connection.close()));
await Promise.all(listening);
