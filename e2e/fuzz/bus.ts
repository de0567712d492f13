import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { SeededRandom } from '../soak-random.ts';
import { HostileValues } from './hostile-values.ts';
import { Tally } from './tally.ts';
import type { FuzzTarget } from './target.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const HOST = 'fuzz-host';
/** Messages between two answers of the server: as fast as it takes them. */
const BATCH = 200;
const MAX_PAYLOAD_BYTES = 3000;
const CONNECT = { verbose: false, pedantic: false, lang: 'fuzz', version: '1', protocol: 1 };

/** A connection to nats-server whose protocol is written by hand. */
class NatsWire {
  readonly #socket: Socket;
  #received = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => (this.#received = (this.#received + chunk.toString('latin1')).slice(-10_000)));
    socket.on('error', () => undefined);
  }

  static async open(url: URL): Promise<NatsWire> {
    const socket = connect(Number(url.port), url.hostname);
    await once(socket, 'connect');
    const wire = new NatsWire(socket);
    const account = { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
    socket.write(`CONNECT ${JSON.stringify({ ...CONNECT, ...account })}\r\n`);
    await wire.settled();
    return wire;
  }

  get isOver(): boolean {
    return this.#socket.destroyed || this.#socket.readableEnded;
  }

  publish(subject: string, payload: Buffer): void {
    this.#socket.write(Buffer.concat([Buffer.from(`PUB ${subject} ${payload.length}\r\n`, 'latin1'), payload, Buffer.from('\r\n')]));
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Resolves when the server has taken everything so far, or has ended the connection. */
  async settled(): Promise<void> {
    this.#received = '';
    this.#socket.write('PING\r\n');
    while (!this.#received.includes('PONG') && !this.isOver) await new Promise((next) => setTimeout(next, 2));
  }

  close(): void {
    this.#socket.destroy();
  }
}

async function credentials({ system }: FuzzTarget): Promise<URL> {
  const args = ['services/launcher/src/main.ts', 'credentials', 'create', 'collector', '--host', HOST];
  const env = { ...process.env, PERFWATCH_DATA_DIR: system.dataDir };
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
  return new URL(/nats:\/\/\S+/.exec(stdout)?.[0] ?? 'nats://nobody');
}

const SAMPLE = {
  ...{
    host: HOST,
    collector: 'queue',
    ts: '2026-11-23T19:20:31.000Z',
    run: 'r',
    seq: 1,
    interval_ms: 1000,
    elapsed_ms: 1000,
    status: 'ok',
    reason: null,
  },
  metrics: { waiting_count: 3, queue: { mail: { waiting_count: 1 } } },
};
const CATALOG = {
  ...{ host: HOST, collector: 'queue', ts: SAMPLE.ts, title: 'Queue' },
  metrics: { waiting_count: { title: 'Waiting', unit: 'count', kind: 'gauge', source: 'x' } },
  dimensions: { queue: { title: 'Queue', metrics: { waiting_count: { title: 'Waiting', unit: 'count', kind: 'gauge', source: 'x' } } } },
};
const INVENTORY = { host: HOST, ts: SAMPLE.ts, hostname: HOST, kernel: '6.1', architecture: 'x64' };
const ANNOTATION = { ts: SAMPLE.ts, title: 'Deploy', tags: ['a'] };

/** A public subject with what belongs there. */
const MESSAGES: readonly { subject: string; example: object }[] = [
  { subject: `perfwatch.v1.metrics.${HOST}.queue`, example: SAMPLE },
  { subject: `perfwatch.v1.catalog.${HOST}.queue`, example: CATALOG },
  { subject: `perfwatch.v1.host.${HOST}`, example: INVENTORY },
  { subject: `perfwatch.v1.annotations.${HOST}`, example: ANNOTATION },
];

function subjectOf(subject: string, values: HostileValues): string {
  if (values.chance(0.85)) return subject;
  return values.pick(
    [
      `${subject}.more`,
      subject.replace('queue', '$x'),
      'perfwatch.v1.metrics.other.cpu',
      'MOL.REQ.x',
      '$SYS.x',
      '_INBOX.x',
      'perfwatch.v2.x',
    ],
    subject,
  );
}

/** Payloads on the subjects of a collector, with a collector's credentials, and on subjects that it may not use. */
export async function fuzzBus(target: FuzzTarget): Promise<Tally> {
  const tally = new Tally('NATS messages');
  const values = new HostileValues(new SeededRandom(target.seed + 4));
  const url = await credentials(target);
  let wire = await NatsWire.open(url);
  for (let index = 0; index < target.count; index += 1) {
    const { subject, example } = values.pick(MESSAGES, { subject: 'perfwatch.v1.x', example: {} });
    const now = new Date().toISOString();
    const payload = values.body('ts' in example ? { ...example, ts: now } : example).subarray(0, MAX_PAYLOAD_BYTES);
    wire.publish(subjectOf(subject, values), payload);
    tally.count('published');
    if (values.chance(0.001)) wire.write(values.bytes(50));
    if (index % BATCH === BATCH - 1) await wire.settled();
    if (wire.isOver) {
      tally.note('connections ended');
      wire.close();
      wire = await NatsWire.open(url);
    }
  }
  await wire.settled();
  wire.close();
  return tally;
}
