import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { catalogSchema, sampleSchema, type Catalog, type Sample } from '@perfwatch/contract';
import { addCredentials, reloadNats } from '@perfwatch/embedded';
import { startTestNats, type TestNats } from '@perfwatch/testing';
import { connect, JSONCodec, type NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const HOST = 'example-host';
const hasPython = spawnSync('python3', ['--version']).status === 0;
const codec = JSONCodec();

let nats: TestNats;
/** What any local client sees: no credentials. */
let listener: NatsConnection;
let credentialUrl = '';
let queue = '';
let children: ChildProcess[] = [];

beforeAll(async () => {
  nats = await startTestNats();
  const { name, password } = addCredentials(nats.dir, { kind: 'collector', host: HOST, name: 'examples' });
  reloadNats(nats.pid);
  credentialUrl = `nats://${name}:${password}@127.0.0.1:${nats.port}`;
  listener = await connect({ servers: nats.publicUrl });
  queue = mkdtempSync(join(tmpdir(), 'perfwatch-queue-'));
});
afterAll(async () => {
  await listener.close();
  await nats.dispose();
  rmSync(queue, { recursive: true, force: true });
});
afterEach(async () => {
  const ended = children.filter((child) => child.exitCode === null && child.signalCode === null).map((child) => once(child, 'exit'));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(ended);
  children = [];
});

const EXAMPLES = {
  python: { file: 'python3', args: () => ['directory-queue.py', queue, HOST], collector: 'queue' },
  shell: { file: 'bash', args: () => ['logged-in-users.sh', HOST], collector: 'logins' },
  node: { file: process.execPath, args: () => ['sockets.mjs', HOST], collector: 'sockets' },
} as const;
type Example = keyof typeof EXAMPLES;

function run(example: Example, { url = credentialUrl, host = HOST } = {}): ChildProcess {
  const { file, args } = EXAMPLES[example];
  const [program = '', ...rest] = args();
  const withHost = rest.map((argument) => (argument === HOST ? host : argument));
  const env = { ...process.env, NATS_URL: url };
  const child = spawn(file, [join(import.meta.dirname, program), ...withHost], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  children.push(child);
  return child;
}

/** The next `count` messages on `subject`, as they came. */
async function receive(subject: string, count: number): Promise<unknown[]> {
  const messages: unknown[] = [];
  for await (const message of listener.subscribe(subject, { max: count })) messages.push(codec.decode(message.data));
  return messages;
}

/** The next Samples of an example, valid as the contract has it. */
async function receiveSamples(example: Example, count: number): Promise<Sample[]> {
  const samples = (await receive(`perfwatch.v1.metrics.${HOST}.${EXAMPLES[example].collector}`, count)).map((message) =>
    sampleSchema.parse(message),
  );
  for (const sample of samples) {
    expect(sample).toMatchObject({ host: HOST, collector: EXAMPLES[example].collector });
    expect(Math.abs(Date.parse(sample.ts) - Date.now())).toBeLessThan(60_000);
    expect(Date.parse(sample.ts) % (sample.interval_ms ?? Number.NaN)).toBe(0);
  }
  expect(new Set(samples.map(({ ts }) => ts)).size).toBe(count);
  return samples;
}

const available = (Object.keys(EXAMPLES) as Example[]).filter((example) => example !== 'python' || hasPython);

describe.skipIf(!hasPython)('the example in Python', () => {
  it('publishes how many files wait, every second', async () => {
    for (const name of ['a', 'b', 'c']) writeFileSync(join(queue, name), 'job');
    run('python');
    const [first, second] = await receiveSamples('python', 2);
    expect(first).toMatchObject({ seq: 0, status: 'ok', metrics: { waiting_count: 3, free_bytes: expect.any(Number) } });
    expect(second).toMatchObject({ seq: 1, run: first?.run });
  });

  it('goes on with a reason while the directory is away', async () => {
    rmSync(queue, { recursive: true, force: true });
    run('python');
    const [sample] = await receiveSamples('python', 1);
    expect(sample).toMatchObject({ status: 'error', metrics: {}, reason: expect.stringContaining('No such file') });
  });
});

describe('the example in shell', () => {
  it('publishes who is logged in', async () => {
    run('shell');
    const [sample] = await receiveSamples('shell', 1);
    const sessions = spawnSync('who', { encoding: 'utf8' })
      .stdout.split('\n')
      .filter((line) => line !== '').length;
    expect(sample?.metrics).toEqual({ sessions_count: sessions, users_count: expect.any(Number) });
  });
});

describe('the example in Node', () => {
  it('publishes sockets by protocol, and a catalog that has a word for each of them', async () => {
    const catalogs = receive(`perfwatch.v1.catalog.${HOST}.sockets`, 1);
    run('node');
    const [first, second] = await receiveSamples('node', 2);
    expect(first?.metrics).toMatchObject({ used_count: expect.any(Number), protocol: { tcp: { in_use_count: expect.any(Number) } } });
    expect(second).toMatchObject({ seq: 1, run: first?.run });
    const catalog: Catalog = catalogSchema.parse((await catalogs)[0]);
    expect(Object.keys(catalog.metrics)).toEqual(['used_count']);
    expect(Object.keys(catalog.dimensions?.['protocol']?.metrics ?? {})).toEqual(['in_use_count', 'time_wait_count']);
  });
});

describe.each(available)('the example in %s', (example) => {
  it.each([
    ['no credentials', () => ({ url: nats.publicUrl })],
    ['a wrong password', () => ({ url: credentialUrl.replace(/:[^:@]*@/, ':wrong@') })],
    ['another host than the credentials are for', () => ({ host: 'another-host' })],
  ])('ends and says so with %s', async (_, how) => {
    const child = run(example, how());
    const [message, [exitCode]] = await Promise.all([child.stderr === null ? '' : text(child.stderr), once(child, 'exit')]);
    expect(message).toMatch(/Authorization.Violation|Permissions.Violation|no user:password/i);
    expect(message.trim().split('\n')).toHaveLength(1);
    expect(exitCode).toBe(1);
  });
});
