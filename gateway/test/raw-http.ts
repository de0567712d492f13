import { connect, type Socket } from 'node:net';

export interface RawReply {
  /** All that came, as Latin-1. */
  text: string;
  /** Of the status line; null when there was none. */
  status: number | null;
  /** From the beginning to the end of the connection. */
  elapsedMs: number;
}

/** Sends what `write` says over a connection of its own, and resolves when the server has ended it. */
export function rawRequest(url: string, write: (socket: Socket) => void, localAddress = '127.0.0.1'): Promise<RawReply> {
  const startedMs = performance.now();
  const { hostname, port } = new URL(url);
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), localAddress }, () => write(socket));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // Reset or ended: either is an end.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString('latin1');
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
      resolve({ text, status: status === undefined ? null : Number(status), elapsedMs: performance.now() - startedMs });
    });
  });
}

/** One request as it is written here, nothing normalised. */
export function rawGet(url: string, path: string, headers: readonly string[] = []): Promise<RawReply> {
  const lines = [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers, '', ''];
  return rawRequest(url, (socket) => socket.write(lines.join('\r\n'), 'latin1'));
}
