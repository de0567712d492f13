import { subjects, type ClientToServerEvents, type Sample, type ServerToClientEvents, type SubscribeReply } from '@perfwatch/contract';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { sampleAt, until, type SampleParts, type Stack } from './stack.ts';

export type Client = Socket<ServerToClientEvents, ClientToServerEvents>;
type ClientOptions = Partial<ManagerOptions & SocketOptions>;

/** Emits what the types forbid; resolves to the acknowledgement. */
export function emitAny(client: Client, event: string, ...parameters: unknown[]): Promise<unknown> {
  const untyped: Socket = client;
  return untyped.timeout(20_000).emitWithAck(event, ...parameters);
}

export const subscribe = (client: Client, request: object = {}): Promise<SubscribeReply> =>
  emitAny(client, 'subscribe', request) as Promise<SubscribeReply>;

/** What arrives from now on. */
export function collect(client: Client): Sample[] {
  const samples: Sample[] = [];
  client.on('sample', (sample) => samples.push(sample));
  return samples;
}

/** The clients of one test file, on one gateway. */
export class LiveClients {
  readonly #stack: Stack;
  readonly #token: string;
  readonly #clients: Client[] = [];

  constructor(stack: Stack, token: string) {
    this.#stack = stack;
    this.#token = token;
  }

  /** Begins to connect with any `auth`. */
  open(auth: Record<string, unknown>, options: ClientOptions = {}): Client {
    const client: Client = io(`${this.#stack.url}/live`, {
      auth,
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  /** Resolves once connected with the token; rejects when refused. */
  async connected(options: ClientOptions = {}, token = this.#token): Promise<Client> {
    const client = this.open({ token }, options);
    await new Promise<void>((resolve, reject) => {
      client.once('connect', resolve);
      client.once('connect_error', reject);
    });
    return client;
  }

  publish(parts: SampleParts): void {
    const sample = sampleAt(parts);
    this.#stack.bus.publish(subjects.metrics(sample.host, sample.collector), sample);
  }

  /** NATS has a subscription only some time after it was asked for: publishes until the first Sample arrives. */
  async flowing(client: Client, host: string): Promise<void> {
    const samples = collect(client);
    let seq = 0;
    await until(() => {
      this.publish({ host, collector: 'probe', seq: seq++ });
      return samples.some((sample) => sample.host === host && sample.collector === 'probe');
    }, 'samples flow');
    client.off('sample');
  }

  /** Resolves when the gateway has seen all of them go. */
  async disconnectAll(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.disconnect();
    await until(() => this.#stack.gateway.live.viewers === 0, 'everyone has gone');
  }
}
