import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AckPolicy, connect, Events, RetentionPolicy, type JetStreamManager, type NatsConnection } from 'nats';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDocumentedNats } from '../test/documented-nats.ts';
import { findNatsServer, startNatsServer } from './nats.ts';
import { addCredentials } from './nats-users.ts';

const STREAM = 'PERFWATCH_METRICS';
const program = findNatsServer(process.env['PATH'] ?? '') ?? '';

/** Somebody connected to a nats-server, who notes what the server forbids. */
class Client implements AsyncDisposable {
  readonly connection: NatsConnection;
  readonly #forbidden = new Set<string>();

  private constructor(connection: NatsConnection) {
    this.connection = connection;
    void this.#watch();
  }

  /** `url` with name and password in it, or without. */
  static async connect(url: string): Promise<Client> {
    const { host, username, password } = new URL(url);
    return new Client(await connect({ servers: host, ...(username === '' ? {} : { user: username, pass: password }), reconnect: false }));
  }

  /** Whether the server lets it listen to `subject`. */
  async mayListen(subject: string): Promise<boolean> {
    this.connection.subscribe(subject, { callback: () => undefined });
    return this.#isPermitted('subscription', subject);
  }

  /** Whether the server lets it publish to `subject`, which it does. */
  async mayPublish(subject: string, payload = '{}'): Promise<boolean> {
    this.connection.publish(subject, payload);
    return this.#isPermitted('publish', subject);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.close();
  }

  async #isPermitted(operation: string, subject: string): Promise<boolean> {
    // The server answers in order: what it forbids comes before the answer to this.
    await this.connection.flush();
    await delay(0);
    return !this.#forbidden.delete(`${operation} ${subject}`);
  }

  async #watch(): Promise<void> {
    for await (const { type, permissionContext } of this.connection.status()) {
      if (type === Events.Error && permissionContext !== undefined)
        this.#forbidden.add(`${permissionContext.operation} ${permissionContext.subject}`);
    }
  }
}

/** The subjects of `subjects` that a client may do something with. */
async function permitted(subjects: readonly string[], may: (subject: string) => Promise<boolean>): Promise<string[]> {
  const found: string[] = [];
  for (const subject of subjects) if (await may(subject)) found.push(subject);
  return found;
}

/** What asking for the number of messages brings about, and where acknowledgements change accounts. */
const OF_THIS_TEST = ['$JS.API.STREAM.INFO.', '$JS.EVENT.ADVISORY.API', '_INBOX.', '_R_.'];

interface Server {
  url: string;
  /** Credentials of the host web-1, as a thief has them. */
  stolenUrl: string;
  readerUrl: string;
  /** Without credentials; null where nobody gets in like that. */
  publicUrl: string | null;
  stop(): Promise<void>;
}

async function startEmbedded(): Promise<Server> {
  const dir = mkdtempSync(join(tmpdir(), 'perfwatch-permissions-'));
  const collector = addCredentials(dir, { kind: 'collector', name: 'web-1', host: 'web-1' });
  const reader = addCredentials(dir, { kind: 'reader', name: 'grafana' });
  const nats = await startNatsServer({ dir, port: 0, program, collectorHost: 'db-1' });
  const { url, publicUrl, port } = nats;
  const urlOf = ({ name, password }: typeof collector) => `nats://${name}:${password}@127.0.0.1:${port}`;
  return {
    url,
    publicUrl,
    stolenUrl: urlOf(collector),
    readerUrl: urlOf(reader),
    stop: async () => {
      await nats.stop();
      rmSync(dir, { recursive: true });
    },
  };
}

/** Subjects that are somebody else's business. */
const NOT_TO_LISTEN = [
  '>',
  '*.>',
  'perfwatch.>',
  'perfwatch.v1.>',
  'perfwatch.v1.metrics.web-1.*',
  'perfwatch.v1.metrics.db-1.cpu',
  'perfwatch.internal.>',
  'perfwatch.internal.v1.collection.*',
  'perfwatch.internal.v1.collection.db-1',
  'perfwatch.internal.v1.cost.db-1',
  'perfwatch.internal.v1.presence.*',
  'MOL.>',
  'MOL.REQ.server',
  '_INBOX.>',
  '_INBOX_db-1.>',
  '_R_.>',
  '$JS.>',
  '$JS.EVENT.ADVISORY.>',
  '$SYS.>',
];
const NOT_TO_PUBLISH = [
  ...['metrics.db-1.cpu', 'catalog.db-1.cpu', 'host.db-1', 'annotations.db-1', 'metrics.web-1.cpu.more'].map(
    (end) => `perfwatch.v1.${end}`,
  ),
  ...['presence.db-1', 'cost.db-1', 'collection.db-1', 'collection.web-1', 'roll-call'].map((end) => `perfwatch.internal.v1.${end}`),
  ...['INFO', 'DISCONNECT', 'EVENT.server', 'REQ.server', 'REQB.auth.login', 'RES.server', 'HEARTBEAT'].map((end) => `MOL.${end}`),
  ...[`STREAM.PURGE.${STREAM}`, `STREAM.DELETE.${STREAM}`, `CONSUMER.DELETE.${STREAM}.persistence`, 'INFO'].map((end) => `$JS.API.${end}`),
  `$JS.ACK.${STREAM}.persistence.1.1.1.1.1`,
  '$SYS.REQ.SERVER.PING',
  '_INBOX.anyone',
  '_INBOX_db-1.anyone',
];

describe.each([
  ['of the embedded server', startEmbedded],
  ['of the configuration in docs/nats.md', () => startDocumentedNats(program)],
])('the boundaries %s', (_name, start) => {
  let server: Server;
  let service: Client;
  let stolen: Client;
  let manager: JetStreamManager;

  beforeAll(async () => {
    server = await start();
    service = await Client.connect(server.url);
    stolen = await Client.connect(server.stolenUrl);
    manager = await service.connection.jetstreamManager();
    await manager.streams.add({ name: STREAM, subjects: ['perfwatch.v1.metrics.>'], retention: RetentionPolicy.Workqueue });
    await manager.consumers.add(STREAM, { durable_name: 'persistence', ack_policy: AckPolicy.Explicit });
  });
  afterAll(async () => {
    await Promise.all([service, stolen].map((client) => client.connection.close()));
    await server.stop();
  });
  beforeEach(async () => {
    await manager.streams.purge(STREAM);
  });

  const messages = async () => (await manager.streams.info(STREAM)).state.messages;

  it('let a collector publish its host, and have it acknowledged', async () => {
    const own = ['metrics.web-1.cpu', 'catalog.web-1.cpu', 'host.web-1', 'annotations.web-1'].map((end) => `perfwatch.v1.${end}`);
    const internal = ['presence.web-1', 'cost.web-1'].map((end) => `perfwatch.internal.v1.${end}`);
    expect(await permitted([...own, ...internal], (subject) => stolen.mayPublish(subject))).toEqual([...own, ...internal]);
    const acknowledged = Promise.withResolvers<string>();
    stolen.connection.subscribe('_INBOX_web-1.test.*', { callback: (_error, message) => acknowledged.resolve(message.string()) });
    stolen.connection.publish(own[0] ?? '', '{}', { reply: '_INBOX_web-1.test.7' });
    expect(await acknowledged.promise).toContain(`"stream":"${STREAM}"`);
    expect(await messages()).toBe(2);
  });

  it('give a collector the settings of its host', async () => {
    const given = Promise.withResolvers<string>();
    stolen.connection.subscribe('perfwatch.internal.v1.collection.web-1', {
      callback: (_error, message) => given.resolve(message.string()),
    });
    await stolen.connection.flush();
    service.connection.publish('perfwatch.internal.v1.collection.web-1', 'settings');
    expect(await given.promise).toBe('settings');
  });

  it('keep everything else from a thief of its credentials', async () => {
    expect(await permitted(NOT_TO_LISTEN, (subject) => stolen.mayListen(subject))).toEqual([]);
    expect(await permitted(NOT_TO_PUBLISH, (subject) => stolen.mayPublish(subject))).toEqual([]);
    await expect(stolen.connection.jetstreamManager()).rejects.toThrow();
  });

  it('keep a thief from having the server itself do what the credentials do not permit', async () => {
    const seq = 10;
    for (let n = 0; n < seq; n++) service.connection.publish('perfwatch.v1.metrics.db-1.cpu', `${n}`);
    await service.connection.flush();
    const heard: string[] = [];
    const witness = service.connection.subscribe('>', { callback: (_error, { subject }) => heard.push(subject) });
    await service.connection.flush();
    // JetStream acknowledges to the subject that the publisher names, and the services may answer there.
    const replies = [...NOT_TO_PUBLISH, `$JS.API.STREAM.MSG.DELETE.${STREAM}`];
    for (const reply of replies) {
      stolen.connection.publish('perfwatch.v1.metrics.web-1.cpu', '{}', { reply });
      stolen.connection.publish('perfwatch.internal.v1.presence.web-1', '{}', { reply });
    }
    await stolen.connection.flush();
    await expect.poll(messages).toBe(seq + replies.length - 1);
    witness.unsubscribe();
    const expected = ['perfwatch.v1.metrics.web-1.cpu', 'perfwatch.internal.v1.presence.web-1', ...OF_THIS_TEST];
    expect([...new Set(heard)].filter((subject) => !expected.some((one) => subject.startsWith(one)))).toEqual([]);
    expect((await manager.consumers.info(STREAM, 'persistence')).name).toBe('persistence');
  });

  it('let a reader listen to what is public, and do nothing else', async () => {
    const readers = [server.readerUrl, ...(server.publicUrl === null ? [] : [server.publicUrl])];
    for (const url of readers) {
      await using reader = await Client.connect(url);
      expect(await reader.mayListen('perfwatch.v1.>')).toBe(true);
      const others = NOT_TO_LISTEN.filter((subject) => !subject.startsWith('perfwatch.v1.'));
      expect(await permitted(others, (subject) => reader.mayListen(subject))).toEqual([]);
      const published = [...NOT_TO_PUBLISH, 'perfwatch.v1.metrics.web-1.cpu', 'perfwatch.internal.v1.presence.web-1', 'anything'];
      expect(await permitted(published, (subject) => reader.mayPublish(subject))).toEqual([]);
    }
  });

  it('show readers what collectors publish', async () => {
    await using reader = await Client.connect(server.readerUrl);
    const heard = Promise.withResolvers<string>();
    reader.connection.subscribe('perfwatch.v1.>', { callback: (_error, message) => heard.resolve(message.string()) });
    await reader.connection.flush();
    await stolen.mayPublish('perfwatch.v1.metrics.web-1.cpu', 'seen');
    expect(await heard.promise).toBe('seen');
  });

  it('let nobody in with a wrong password', async () => {
    const wrong = server.stolenUrl.replace(/:[^:@]+@/, ':wrong@');
    await expect(Client.connect(wrong)).rejects.toThrow('Authorization Violation');
  });
});
