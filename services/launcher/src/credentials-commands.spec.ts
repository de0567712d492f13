import { loadConfig } from '@perfwatch/service-kit';
import { temporaryDataDirectory } from '@perfwatch/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandLine } from './command-line.ts';
import { StopRequests } from './stop-requests.ts';

describe('perfwatch credentials', () => {
  let data: ReturnType<typeof temporaryDataDirectory>;
  let printed: string[];
  let warned: string[];
  beforeEach(() => {
    data = temporaryDataDirectory();
    [printed, warned] = [[], []];
  });
  afterEach(() => data.dispose());

  const run = async (args: string, env: Record<string, string> = {}): Promise<string> => {
    const program = commandLine({
      loadConfig: () => loadConfig({ PERFWATCH_DATA_DIR: data.path, PERFWATCH_HOST_ID: 'here', ...env }),
      environment: {},
      stopRequests: new StopRequests(),
      print: (line) => printed.push(line),
      warn: (line) => warned.push(line),
    });
    await program.parseAsync(['credentials', ...args.split(' ')], { from: 'user' });
    return printed.at(-1) ?? '';
  };

  it('gives a URL as the other machine needs it', async () => {
    const secret = '[\\w-]{32}';
    expect(await run('create host --host web-1 --address watch.example')).toMatch(
      new RegExp(`^nats://web-1:${secret}@watch.example:4222$`),
    );
    expect(await run('create host --host web-1 --address 10.0.0.1:4300')).toMatch(new RegExp(`^nats://web-1-2:${secret}@10.0.0.1:4300$`));
    expect(await run('create collector', { PERFWATCH_NATS_HOST: '10.0.0.1' })).toMatch(new RegExp(`^nats://here:${secret}@10.0.0.1:4222$`));
    expect(await run('create reader --name grafana')).toMatch(new RegExp(`^nats://grafana:${secret}@127.0.0.1:4222$`));
  });

  it('says that no other machine reaches a server on the loopback address, and says so to nobody else', async () => {
    await run('create host --host web-1', { PERFWATCH_NATS_HOST: '10.0.0.1' });
    await run('create collector --host web-1');
    expect(warned).toEqual([]);
    await run('create host --host web-1');
    expect(warned).toEqual([expect.stringContaining('PERFWATCH_NATS_HOST')]);
  });

  it('lists every kind, or one', async () => {
    await run('create host --host web-1');
    await run('create reader --name grafana');
    const listed = async (args: string) => JSON.parse(await run(args)) as object[];
    expect(await listed('list --json')).toMatchObject([
      { kind: 'collector', name: 'web-1', host: 'web-1' },
      { kind: 'reader', name: 'grafana', host: null },
    ]);
    expect(await listed('list reader --json')).toMatchObject([{ name: 'grafana' }]);
    await run('revoke reader grafana');
    expect(await run('list reader')).toBe('There are no reader credentials.');
  });

  it.each([
    ['create host --host web-1 --address nats://x', {}, '--address "nats://x" must be a name or address'],
    ['create host --host web-1 --address a/b', {}, 'must be a name or address'],
    ['create host --host a.b', {}, '--host'],
    ['create host', { PERFWATCH_NATS_PORT: '0' }, 'start PerfWatch first'],
    ['create host', { PERFWATCH_NATS_URL: 'nats://mine' }, 'docs/nats.md'],
    ['revoke collector nobody', {}, 'There are no collector credentials named nobody'],
  ])('refuses %j', async (args, env, complaint) => {
    await expect(run(args, env)).rejects.toThrow(complaint);
  });
});
