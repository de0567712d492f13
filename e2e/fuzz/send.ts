import { Agent, request } from 'node:http';
import type { Answer } from './tally.ts';

const MAX_KEPT_BYTES = 200_000;
const TIMEOUT_MS = 60_000;

export interface Sent {
  method: string;
  /** As it goes over the wire. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: Buffer | undefined;
}

/** Sends requests that `fetch` would refuse to send, a few at a time. */
export class Sender {
  readonly #base: URL;
  readonly #agent: Agent;

  constructor(url: string, { maxSockets = 8 } = {}) {
    this.#base = new URL(url);
    this.#agent = new Agent({ keepAlive: true, maxSockets });
  }

  send({ method, path, headers = {}, body }: Sent): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const { hostname, port } = this.#base;
    const sent = request({ hostname, port, method, path, headers, agent: this.#agent, timeout: TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = [];
      let kept = 0;
      response.on('data', (chunk: Buffer) => {
        if (kept < MAX_KEPT_BYTES) chunks.push(chunk);
        kept += chunk.length;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    sent.on('error', reject);
    sent.end(body);
    return promise;
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Does `work` for 0 to `count - 1`, `atOnce` at a time, in order of their beginning. */
export async function forEachAtOnce(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
