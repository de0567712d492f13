import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { findFreePort } from '@perfwatch/embedded';
import { LaunchedPerfwatch, startTestPostgres, temporaryDataDirectory } from '@perfwatch/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let data: ReturnType<typeof temporaryDataDirectory>;
beforeEach(() => (data = temporaryDataDirectory()));
afterEach(() => data.dispose());

/** Processes whose command line, or working directory, lies in `path`. */
function processesUsing(path: string): string[] {
  const read = (file: string) => {
    try {
      return readFileSync(file, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  };
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => read(`/proc/${pid}/cmdline`).includes(path) || read(`/proc/${pid}/environ`).includes(path))
    .map((pid) => read(`/proc/${pid}/cmdline`));
}

/** Starts PerfWatch where it must not start: exactly one line, exit code 1, nothing left. */
async function refusal(env: Record<string, string> = {}): Promise<string> {
  const perfwatch = new LaunchedPerfwatch({ env: { PERFWATCH_DATA_DIR: data.path, ...env } });
  const code = await perfwatch.exitCode;
  expect(perfwatch.stderr.trimEnd().split('\n'), perfwatch.stderr).toHaveLength(1);
  expect(code).toBe(1);
  expect(processesUsing(data.path)).toEqual([]);
  return perfwatch.stderr;
}

function occupy(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

describe('perfwatch up, where it cannot start, says so in one line and leaves nothing running', () => {
  it('for a variable that makes no sense', async () => {
    expect(await refusal({ PERFWATCH_INTERVAL_MS: 'abc' })).toContain('PERFWATCH_INTERVAL_MS is "abc" but must be');
  });

  it('for a data directory that cannot be written to, even by root', async () => {
    expect(await refusal({ PERFWATCH_DATA_DIR: '/proc/perfwatch' })).toContain('set PERFWATCH_DATA_DIR to');
  });

  it('for a data directory that a newer PerfWatch wrote', async () => {
    mkdirSync(data.path);
    writeFileSync(join(data.path, 'version.json'), JSON.stringify({ format: 99 }));
    expect(await refusal()).toContain('newer PerfWatch');
  });

  it.each(['PERFWATCH_HTTP_PORT', 'PERFWATCH_NATS_PORT', 'PERFWATCH_DATABASE_PORT'])('for a port in use: %s', async (variable) => {
    const port = await findFreePort();
    const server = await occupy(port);
    try {
      expect(await refusal({ [variable]: String(port) })).toMatch(new RegExp(`Port ${port} is in use.*${variable}`));
    } finally {
      server.close();
    }
  });

  it('for an external NATS that is down', async () => {
    const port = await findFreePort();
    expect(await refusal({ PERFWATCH_NATS_URL: `nats://user:secret-word@127.0.0.1:${port}` })).toMatch(
      new RegExp(`^(?!.*secret-word).*127.0.0.1:${port}\\. .*PERFWATCH_NATS_URL`),
    );
  });

  it('for a wrong database password', async () => {
    const postgres = await startTestPostgres();
    try {
      const url = new URL(postgres.url);
      url.password = 'secret-word';
      expect(await refusal({ PERFWATCH_DATABASE_URL: url.href })).toMatch(/^(?!.*secret-word).*password/i);
    } finally {
      await postgres.dispose();
    }
  });

  it('for a database that is down', async () => {
    const port = await findFreePort();
    expect(await refusal({ PERFWATCH_DATABASE_URL: `postgres://u:secret-word@127.0.0.1:${port}/d` })).toMatch(
      new RegExp(`^(?!.*secret-word).*${port}\\. .*PERFWATCH_DATABASE_URL`),
    );
  });

  it('for a nats-server that is not installed', async () => {
    const bin = join(data.path, '../empty/bin');
    mkdirSync(bin, { recursive: true });
    expect(await refusal({ PATH: bin })).toContain('nats-server is not installed');
  });

  it('for a password of the first administrator that may not be used', async () => {
    expect(await refusal({ PERFWATCH_ADMIN_PASSWORD: 'aaaaaaaaaaaaaaaa' })).toContain('PERFWATCH_ADMIN_PASSWORD');
  });

  it('takes the lock of a process over that has ended', async () => {
    mkdirSync(data.path);
    writeFileSync(join(data.path, 'lock.json'), JSON.stringify({ pid: process.pid, startTicks: '1', bootId: 'another' }));
    expect(await refusal({ PERFWATCH_HTTP_HOST: '203.0.113.1' })).toContain('PERFWATCH_HTTP_HOST');
    rmSync(data.path, { recursive: true });
  });
});
