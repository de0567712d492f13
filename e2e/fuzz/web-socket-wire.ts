import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface FrameParts {
  /** First byte: FIN, three reserved bits, opcode. RFC 6455 section 5.2. */
  first?: number;
  isMasked?: boolean;
  /** As the frame says, when it lies. */
  saidLength?: number;
}

/** A frame of a WebSocket client, or something that only looks like one. */
export function frame(payload: Buffer, { first = 0x81, isMasked = true, saidLength = payload.length }: FrameParts = {}): Buffer {
  const mark = isMasked ? 0x80 : 0;
  const header =
    saidLength < 126
      ? Buffer.from([first, mark | saidLength])
      : Buffer.from([first, mark | 126, (saidLength >> 8) & 255, saidLength & 255]);
  if (!isMasked) return Buffer.concat([header, payload]);
  const mask = randomBytes(4);
  return Buffer.concat([header, mask, payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

export const textFrame = (text: string): Buffer => frame(Buffer.from(text));

export interface WireOptions {
  url: string;
  /** Where the proxy says that it comes from. */
  address: string;
}

const CLOSE = 0x88;
const MAX_KEPT = 100_000;

/** Where the frame of a server that begins at `start` has its payload and ends; null while it is not complete. */
function frameAt(buffer: Buffer, start: number): { from: number; end: number } | null {
  if (buffer.length < start + 2) return null;
  const short = (buffer[start + 1] ?? 0) & 0x7f;
  const from = start + (short < 126 ? 2 : short === 126 ? 4 : 10);
  if (buffer.length < from) return null;
  const length = short < 126 ? short : short === 126 ? buffer.readUInt16BE(start + 2) : Number(buffer.readBigUInt64BE(start + 2));
  return buffer.length < from + length ? null : { from, end: from + length };
}

/** A connection to Socket.IO whose bytes are written by hand. */
export class WebSocketWire {
  readonly #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  #isUpgraded = false;
  /** The newest that has come, as Latin-1. */
  received = '';
  /** Ended, or told to end. */
  isOver = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.isOver = true));
  }

  #take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    if (!this.#isUpgraded) {
      const end = this.#rest.indexOf('\r\n\r\n');
      if (end === -1) return;
      this.#isUpgraded = true;
      this.#keep(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end + 4);
    }
    for (let found = frameAt(this.#rest, 0); found !== null; found = frameAt(this.#rest, 0)) {
      if (this.#rest[0] === CLOSE) this.isOver = true;
      this.#keep(this.#rest.subarray(found.from, found.end));
      this.#rest = this.#rest.subarray(found.end);
    }
  }

  #keep(bytes: Buffer): void {
    this.received = (this.received + bytes.toString('latin1')).slice(-MAX_KEPT);
  }

  /** Connects and asks for the upgrade; does not wait for it. */
  static async open({ url, address }: WireOptions): Promise<WebSocketWire> {
    const { hostname, port, host } = new URL(url);
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const socket = connect(Number(port), hostname, () => resolve(undefined));
    socket.once('error', reject);
    await promise;
    const wire = new WebSocketWire(socket);
    const lines = ['GET /socket.io/?EIO=4&transport=websocket HTTP/1.1', `Host: ${host}`, 'Connection: Upgrade', 'Upgrade: websocket'];
    lines.push('Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`, `X-Forwarded-For: ${address}`);
    wire.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`));
    return wire;
  }

  write(bytes: Buffer): void {
    if (!this.isOver) this.#socket.write(bytes);
  }

  /** Resolves when `text` has come, the connection is over, or the time is: whether it has come. */
  async waitFor(text: string, timeoutMs = 5000): Promise<boolean> {
    const endMs = performance.now() + timeoutMs;
    while (!this.received.includes(text) && !this.isOver && performance.now() < endMs) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return this.received.includes(text);
  }

  close(): void {
    this.#socket.destroy();
  }
}
