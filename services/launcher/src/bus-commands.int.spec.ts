import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { annotationsReplySchema, loginReplySchema, sampleSchema, type AnnotationRecord } from '@perfwatch/contract';
import { openBus } from '@perfwatch/bus';
import { createLogger } from '@perfwatch/service-kit';
import { LaunchedPerfwatch, startTestNats } from '@perfwatch/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Screen } from './terminal.ts';
import { showTop } from './top/top-command.ts';

const PASSWORD = 'horse-staple-battery-9';
const HOST = 'test-host';

let directory = '';
let up: LaunchedPerfwatch;
let url = '';
let token = '';
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'perfwatch-commands-'));
  up = new LaunchedPerfwatch({ env: { PERFWATCH_DATA_DIR: directory, PERFWATCH_ADMIN_PASSWORD: PASSWORD } });
  url = await up.ready();
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ username: 'admin', password: PASSWORD });
  const reply = await fetch(`${url}/api/auth/login`, { method: 'POST', headers, body });
  token = loginReplySchema.parse(await reply.json()).access_token;
});
afterAll(async () => {
  await up.stop();
  rmSync(directory, { recursive: true, force: true });
});

const start = (args: readonly string[], env: Record<string, string> = {}) => {
  const command = new LaunchedPerfwatch({ args, env: { PERFWATCH_DATA_DIR: directory, ...env } });
  onTestFinished(() => command.signal('SIGKILL'));
  return command;
};

async function run(args: readonly string[], env: Record<string, string> = {}) {
  const command = start(args, env);
  const exitCode = await command.exitCode;
  return { exitCode, stdout: command.stdout, stderr: command.stderr };
}

describe('perfwatch watch', () => {
  it('prints so many messages of a subject, each a line of JSON', async () => {
    const { exitCode, stdout } = await run(['watch', `perfwatch.v1.metrics.${HOST}.*`, '--count', '3']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(sampleSchema.parse(JSON.parse(line)).host).toBe(HOST);
    expect(exitCode).toBe(0);
  });

  it('says the subject where it is asked to', async () => {
    const { stdout } = await run(['watch', 'perfwatch.v1.metrics.>', '--count', '1', '--with-subject']);
    expect(JSON.parse(stdout)).toMatchObject({
      subject: expect.stringMatching(/^perfwatch\.v1\.metrics\.test-host\./),
      message: { host: HOST },
    });
  });

  it('goes on until it is stopped', async () => {
    const command = start(['watch', 'perfwatch.v1.metrics.>']);
    await command.waitFor('messages of several ticks', () => command.stdout.split('\n').length > 20);
    expect(await command.stop()).toBe(0);
  });

  it.each([
    [['watch', 'a..b'], /subject: must be a NATS subject/],
    [['watch', 'a', '--count', '0'], /--count: must be a whole number/],
  ])('refuses %s', async (args, words) => {
    const { exitCode, stderr } = await run(args);
    expect(stderr).toMatch(words);
    expect(exitCode).toBe(1);
  });

  it('says what to do where there is no PerfWatch', async () => {
    const { exitCode, stderr } = await run(['watch'], { PERFWATCH_DATA_DIR: join(directory, 'nothing') });
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('Start PerfWatch')]);
    expect(exitCode).toBe(1);
  });
});

describe('perfwatch top', () => {
  it('prints this machine once, as plain text where there is no terminal', async () => {
    const { exitCode, stdout } = await run(['top', '--once']);
    expect(stdout).toMatch(new RegExp(`^${HOST} +\\d{4}-\\d{2}-\\d{2} `));
    for (const words of [/^CPU +\[[|.]+\] +\d+\.\d %/m, /^Memory +\[[|.]+\].* of .*iB/m, /^Network +received/m, /^Disk +read/m])
      expect(stdout).toMatch(words);
    expect(stdout).not.toContain('\u001b');
    expect(exitCode).toBe(0);
  });

  it('says that a host sends nothing', async () => {
    const { exitCode, stderr } = await run(['top', '--once', '--host', 'nobody']);
    expect(stderr).toMatch(/^nobody has sent nothing/);
    expect(exitCode).toBe(1);
  });

  it('draws over itself on a terminal, and leaves it as it was', async () => {
    await using nats = await startTestNats();
    const bus = openBus({ servers: nats.url, name: 'test', log: createLogger({ level: 'fatal', name: 'test', pretty: false }) });
    onTestFinished(() => bus.close(0));
    await bus.connected(20_000);
    let shown = '';
    const write = (text: string) => void (shown += text);
    const screen: Screen = Object.assign(new EventEmitter(), { write, isTTY: true, columns: 60, rows: 10 });
    const stopping = new AbortController();
    const drawn = showTop(bus, { host: HOST, screen, isColoured: true, stopping: stopping.signal });
    const publish = (load: number) =>
      bus.publishSample({ host: HOST, collector: 'cpu', ts: new Date().toISOString(), metrics: { usage_percent: 95, load_1m: load } });
    await vi.waitFor(
      () => {
        publish(7);
        expect(shown).toContain('7.00');
      },
      { timeout: 20_000, interval: 200 },
    );
    stopping.abort();
    await drawn;
    const [before = '', ...frames] = shown.split('\u001b[H');
    expect(before).toBe('\u001b[?1049h\u001b[?25l');
    expect(frames.at(-1)?.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
    expect(frames.at(-1)).toContain('\u001b[31m|');
    const widest = Math.max(
      ...stripVTControlCharacters(frames.join('\n'))
        .split('\n')
        .map((line) => line.length),
    );
    expect(widest).toBeLessThanOrEqual(60);
  });
});

describe('perfwatch run -- <command>', () => {
  const marks = async (title: string): Promise<AnnotationRecord[]> => {
    const reply = await fetch(`${url}/api/annotations`, { headers: { authorization: `Bearer ${token}` } });
    return annotationsReplySchema.parse(await reply.json()).annotations.filter((mark) => mark.title.includes(title));
  };

  it('passes stdin, stdout, stderr and the exit code through, and marks what it used', async () => {
    const script =
      'const kept = Buffer.alloc(150e6, 1); const endMs = Date.now() + 700; while (Date.now() < endMs); process.stdin.pipe(process.stdout); console.error(kept.length); process.exitCode = 3';
    const command = start(['run', '--', process.execPath, '-e', script, '--', '-x', '--help']);
    command.input('through');
    expect(await command.exitCode).toBe(3);
    expect(command.stdout).toBe('through');
    expect(command.stderr).toMatch(/^150000000$/m);
    expect(command.stderr).toMatch(/^perfwatch: .* exited with 3 after .* s, CPU .* largest process \d+ MiB$/m);
    expect(command.stderr).toMatch(/is not compared: PERFWATCH_API_TOKEN is not set/);
    await vi.waitFor(async () => expect(await marks('Buffer.alloc')).toHaveLength(1), { timeout: 20_000, interval: 300 });
    const [mark] = await marks('Buffer.alloc');
    expect(mark).toMatchObject({ host: HOST, tags: ['run', 'failed'], text: expect.stringContaining('exited with 3') });
    expect(Date.parse(mark?.end_ts ?? '') - Date.parse(mark?.ts ?? '')).toBeGreaterThanOrEqual(700);
    const [, cpu, memory] = /CPU ([\d.]+) s .*largest process (\d+) MiB/.exec(mark?.text ?? '') ?? [];
    expect(Number(cpu)).toBeGreaterThan(0.2);
    expect(Number(memory)).toBeGreaterThan(143);
  });

  it('compares the time of the command with the minutes before, over the API', async () => {
    const { exitCode, stdout, stderr } = await run(['run', '--', 'true'], { PERFWATCH_API_TOKEN: token });
    expect([exitCode, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^perfwatch: test-host.* the 5 minutes before/m);
  });

  it('says why it does not compare, and ends as the command did', async () => {
    const refused = await run(['run', '--', 'true'], { PERFWATCH_API_TOKEN: 'pw_wrong' });
    expect(refused.exitCode).toBe(0);
    expect(refused.stderr).toMatch(/is not compared: http.*token/);
    const away = await run(['run', '--', 'false'], { PERFWATCH_API_TOKEN: token, PERFWATCH_API_URL: 'http://127.0.0.1:1' });
    expect(away.exitCode).toBe(1);
    expect(away.stderr).toMatch(/is not compared: http:\/\/127\.0\.0\.1:1/);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('passes %s on, and ends as the command does', async (signal, code) => {
    const command = start(['run', '--', process.execPath, '-e', 'console.log("runs"); setInterval(() => undefined, 1000)']);
    await command.waitFor('start', () => command.stdout.includes('runs'));
    command.signal(signal);
    expect(await command.exitCode).toBe(code);
    expect(command.stderr).toContain(`was ended by ${signal}`);
  });

  it('ends as a shell does where there is no such command, or one that may not be run', async () => {
    const file = join(directory, 'no-program');
    writeFileSync(file, 'text', { mode: 0o644 });
    const [absent, forbidden] = [await run(['run', '--', 'perfwatch-has-no-such-command']), await run(['run', '--', file])];
    expect([absent.exitCode, forbidden.exitCode]).toEqual([127, 126]);
    expect(absent.stderr).toBe('perfwatch: perfwatch-has-no-such-command was not found\n');
    expect(forbidden.stderr).toContain('may not be run');
  });

  it('leaves perfwatch run <service...> as it was', async () => {
    const { exitCode, stderr } = await run(['run', 'no-such-service']);
    expect(stderr).toMatch(/There is no service "no-such-service"/);
    expect(exitCode).toBe(1);
  });
});
