import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** First bytes of a Socket.IO event of the namespace /live in an Engine.IO message. */
const EVENT = Buffer.from('42/live,["sample"');
const SENT_AT = Buffer.from('"sent_ms":');
const MAX_NUMBER_LENGTH = 24;

interface Frame {
  payload: Buffer;
  end: number;
}

/** The frame of a WebSocket server (unmasked) that begins at `start`; null while it is not complete. RFC 6455 section 5.2. */
function frameAt(buffer: Buffer, start: number): Frame | null {
  if (buffer.length < start + 2) return null;
  const short = buffer.readUInt8(start + 1) & 0x7f;
  const header = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (buffer.length < start + header) return null;
  const length = short < 126 ? short : short === 126 ? buffer.readUInt16BE(start + 2) : Number(buffer.readBigUInt64BE(start + 2));
  const end = start + header + length;
  return buffer.length < end ? null : { payload: buffer.subarray(start + header, end), end };
}

function maskedTextFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  const header = Buffer.alloc(4);
  header.writeUInt8(0x81, 0);
  header.writeUInt8(0x80 | 126, 1);
  header.writeUInt16BE(payload.length, 2);
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([header, mask, masked]);
}

export interface ViewerOptions {
  url: string;
  token: string;
  /** Told of each Sample, with the time in `sent_ms` of its metrics. */
  onSample: (sentMs: number) => void;
}

/** A viewer of `/live` that costs next to nothing, so that two hundred of them do not slow the server they measure. */
export class WebsocketViewer {
  readonly #socket: Socket;
  readonly #onSample: (sentMs: number) => void;
  readonly #texts: string[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #waiting: (() => void) | null = null;

  private constructor(socket: Socket, onSample: (sentMs: number) => void) {
    this.#socket = socket;
    this.#onSample = onSample;
  }

  /** Connects and subscribes to everything. Throws when the server refuses. */
  static async open({ url, token, onSample }: ViewerOptions): Promise<WebsocketViewer> {
    const { hostname, port, host } = new URL(url);
    const socket = connect(Number(port), hostname).setNoDelay(true);
    await once(socket, 'connect');
    const viewer = new WebsocketViewer(socket, onSample);
    const key = randomBytes(16).toString('base64');
    const request = [
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
      `Host: ${host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${key}`,
    ];
    socket.write(`${request.join('\r\n')}\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    const end = answer.indexOf('\r\n\r\n');
    if (!answer.subarray(0, 12).equals(Buffer.from('HTTP/1.1 101')) || end === -1) throw new Error('the server refuses WebSockets');
    socket.on('data', (chunk: Buffer) => viewer.#take(chunk));
    viewer.#take(answer.subarray(end + 4));
    await viewer.#expect('0');
    viewer.#send(`40/live,${JSON.stringify({ token })}`);
    await viewer.#expect('40/live,');
    viewer.#send('42/live,1["subscribe",{}]');
    await viewer.#expect('43/live,1[{"ok":true');
    return viewer;
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(text: string): void {
    this.#socket.write(maskedTextFrame(text));
  }

  async #expect(prefix: string): Promise<void> {
    for (;;) {
      const text = this.#texts.shift();
      if (text?.startsWith(prefix) === true) return;
      if (text?.startsWith('44') === true) throw new Error(`the server refuses: ${text}`);
      if (text === undefined) await new Promise<void>((resolve) => (this.#waiting = resolve));
    }
  }

  #take(chunk: Buffer): void {
    const buffer = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (let frame = frameAt(buffer, start); frame !== null; frame = frameAt(buffer, start)) {
      start = frame.end;
      this.#receive(frame.payload);
    }
    this.#rest = buffer.subarray(start);
  }

  #receive(payload: Buffer): void {
    if (payload.subarray(0, EVENT.length).equals(EVENT)) {
      const at = payload.indexOf(SENT_AT);
      if (at !== -1)
        this.#onSample(Number.parseFloat(payload.toString('latin1', at + SENT_AT.length, at + SENT_AT.length + MAX_NUMBER_LENGTH)));
      return;
    }
    // An Engine.IO ping wants its pong.
    if (payload.length === 1 && payload[0] === 0x32) this.#send('3');
    else this.#texts.push(payload.toString());
    this.#waiting?.();
  }
}
