import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { SeededRandom } from '../soak-random.ts';
import { HostileValues } from './hostile-values.ts';
import { forEachAtOnce, Sender } from './send.ts';
import { Tally } from './tally.ts';
import type { FuzzTarget } from './target.ts';

const AT_ONCE = 8;
const MEGABYTES_10 = 10 * 1024 * 1024;
const SLOW_CONNECTIONS = 40;
const DRIP_MS = 500;
const UP = ['..', '%2e%2e', '.%2e', '..%2f..', '%252e%252e', '..%5c', '..;', '%c0%ae%c0%ae', '\\..', '....//'];
const FILES = ['etc/passwd', 'package.json', 'secrets/jwt', '.env', '.git/config', 'nats/users.conf', 'proc/self/environ', 'dev/zero'];
/** What such files begin with, or hold. */
const LEAKED = /root:x:0:0|"workspaces"|PERFWATCH_[A-Z_]+=|\[core\]|"devDependencies"/;

function pathOut(values: HostileValues): string {
  const start = values.pick(['/', '/docs/static/', '/assets/', '/api/', '//', '/./', '/socket.io/'], '/');
  const ups = Array.from({ length: 1 + values.integer(8) }, () => values.pick(UP, '..'));
  const end = values.chance(0.1) ? '%00.html' : values.chance(0.1) ? '?x=/..' : '';
  return `${start}${ups.join('/')}/${values.pick(FILES, 'etc/passwd')}${end}`;
}

/** Paths that lead out of the folder of the dashboard. */
export async function fuzzPaths({ system, seed, count }: FuzzTarget): Promise<Tally> {
  const tally = new Tally('paths');
  const values = new HostileValues(new SeededRandom(seed + 5));
  const sender = new Sender(system.url, { maxSockets: AT_ONCE });
  await forEachAtOnce(count, AT_ONCE, async () => {
    const path = pathOut(values);
    const headers = { 'x-forwarded-for': values.address() };
    const answer = await sender
      .send({ method: 'GET', path, headers })
      .catch((error: unknown) => tally.fault(`${path} is not answered: ${String(error)}`));
    if (answer === undefined) return;
    tally.answered(path, answer);
    if (LEAKED.test(answer.text)) tally.fault(`${path} gives a file`);
  });
  sender.close();
  return tally;
}

/** What the server says before it ends the connection, as Latin-1. */
function rawAnswer(url: string, parts: readonly Buffer[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<string>();
  let text = '';
  const socket = connect(Number(port), hostname, () => {
    for (const part of parts) socket.write(part);
  });
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.on('close', () => resolve(text));
  return promise;
}

const post = (headers: readonly string[]): Buffer =>
  Buffer.from(
    ['POST /api/auth/login HTTP/1.1', 'Host: localhost', 'Connection: close', 'Content-Type: application/json', ...headers, '', ''].join(
      '\r\n',
    ),
  );

/** Headers and bodies of 10 MB, and bodies that would be 100 MB when they are taken apart. */
export async function fuzzSizes({ system }: FuzzTarget): Promise<Tally> {
  const tally = new Tally('sizes');
  const bomb = Buffer.alloc(10 * MEGABYTES_10);
  const zipped = gzipSync(bomb, { level: 1 });
  const brotli = brotliCompressSync(bomb, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
  const large = Buffer.alloc(MEGABYTES_10, 'x');
  const bodies: readonly [string, readonly Buffer[]][] = [
    ['10 MB of one header', [Buffer.from('GET /health HTTP/1.1\r\nHost: localhost\r\nX-Long: '), large]],
    ['10 MB of headers', [Buffer.from('GET /health HTTP/1.1\r\n'), Buffer.from('X-A: b\r\n'.repeat(MEGABYTES_10 / 8))]],
    ['10 MB of URL', [Buffer.from('GET /'), large]],
    ['10 MB of body', [post([`Content-Length: ${large.length}`]), large]],
    ['10 MB in chunks', [post(['Transfer-Encoding: chunked']), Buffer.from(`${large.length.toString(16)}\r\n`), large]],
    ['a gzip bomb', [post(['Content-Encoding: gzip', `Content-Length: ${zipped.length}`]), zipped]],
    ['a brotli bomb', [post(['Content-Encoding: br', `Content-Length: ${brotli.length}`]), brotli]],
    ['two lengths', [post(['Content-Length: 2', 'Content-Length: 20']), Buffer.from('{}')]],
    ['a length and chunks', [post(['Content-Length: 2', 'Transfer-Encoding: chunked']), Buffer.from('{}')]],
  ];
  for (const [what, parts] of bodies) {
    const text = await rawAnswer(system.url, parts);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
    tally.answered(what, { status, text });
    // Refused, or cut off while it was still being sent.
    if (status !== 0 && (status < 400 || status >= 500)) tally.fault(`${what} is answered with ${status}`);
  }
  return tally;
}

/** Connections that say a byte now and then: they are ended by the server, and `isStillOpen` tells of those that are not. */
export class SlowConnections {
  readonly #sockets;
  readonly #stopping = new AbortController();

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#sockets = Array.from({ length: SLOW_CONNECTIONS }, (_, index) => {
      const socket = connect(Number(port), hostname);
      // Its end is heard of only by who reads.
      socket.on('error', () => undefined).resume();
      const text = index % 2 === 0 ? 'GET /health HTTP/1.1\r\nX-Slow: ' : post(['Content-Length: 500']).toString();
      socket.write(text);
      return socket;
    });
    void this.#drip();
  }

  get open(): number {
    return this.#sockets.filter((socket) => !socket.destroyed).length;
  }

  async #drip(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      for (const socket of this.#sockets) if (!socket.destroyed) socket.write('x');
      await delay(DRIP_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  stop(): void {
    this.#stopping.abort();
    for (const socket of this.#sockets) socket.destroy();
  }
}
