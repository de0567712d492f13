import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findFreePort } from './free-port.ts';
import { processesIn } from './leftovers.ts';
import { findNatsServer, startNatsServer } from './nats.ts';
import { startPostgres } from './postgres.ts';

const program = findNatsServer(process.env['PATH'] ?? '') ?? '';

describe('an embedded server', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'perfwatch-embedded-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('of NATS replaces one that an earlier run left in its directory, and takes its port over', async () => {
    const first = await startNatsServer({ dir, port: 0, program });
    const orphan = spawn(program, ['-c', join(dir, 'nats.conf'), '-p', '-1'], { cwd: dir, stdio: 'ignore', detached: true });
    while (processesIn(dir, 'nats-server').length < 2) await delay(10);
    const second = await startNatsServer({ dir, port: first.port, program });
    expect(processesIn(dir, 'nats-server')).toEqual([second.pid]);
    expect(orphan.pid).not.toBe(second.pid);
    await second.stop();
  });

  it('of NATS goes on with what was in the stream before services and collectors had accounts', async () => {
    const port = await findFreePort();
    const conf = join(dir, 'before.conf');
    writeFileSync(conf, `listen: "127.0.0.1:${port}"\njetstream: { store_dir: ${JSON.stringify(join(dir, 'jetstream'))} }\n`);
    const before = spawn(program, ['-c', conf], { stdio: 'ignore' });
    const old = await connect({ servers: `127.0.0.1:${port}`, waitOnFirstConnect: true, reconnectTimeWait: 50 });
    await (await old.jetstreamManager()).streams.add({ name: 'PERFWATCH_METRICS', subjects: ['perfwatch.v1.metrics.>'] });
    await old.jetstream().publish('perfwatch.v1.metrics.web-1.cpu', 'kept');
    await old.close();
    before.kill('SIGTERM');
    await once(before, 'exit');
    const server = await startNatsServer({ dir, port: 0, program });
    const { host, username, password } = new URL(server.url);
    const service = await connect({ servers: host, user: username, pass: password });
    const stored = await (await service.jetstreamManager()).streams.getMessage('PERFWATCH_METRICS', { seq: 1 });
    expect(stored.string()).toBe('kept');
    await service.close();
    await server.stop();
  });

  it('of NATS lets nobody listen without credentials where other machines reach it', async () => {
    const server = await startNatsServer({ dir, port: 0, listenHost: '0.0.0.0', program });
    await expect(connect({ servers: new URL(server.publicUrl).host })).rejects.toThrow('Authorization Violation');
    const { host, username, password } = new URL(server.url);
    await (await connect({ servers: host, user: username, pass: password })).close();
    await server.stop();
  });

  it('of PostgreSQL replaces one that an earlier run left in its directory', async () => {
    const first = await startPostgres({ dir, port: 0, isDurable: false });
    const second = await startPostgres({ dir, port: first.port, isDurable: false });
    expect(processesIn(join(dir, 'data'), 'postgres')).not.toContain(first.pid);
    expect(second.url).toBe(first.url);
    await second.stop();
  });

  it('of PostgreSQL starts over a process number that another program has by now', async () => {
    await (await startPostgres({ dir, port: 0, isDurable: false })).stop();
    writeFileSync(join(dir, 'data/postmaster.pid'), `${process.pid}\n${join(dir, 'data')}\n`);
    await (await startPostgres({ dir, port: 0, isDurable: false })).stop();
  });

  it('of PostgreSQL gets a new password when the file of the old one was lost', async () => {
    const first = await startPostgres({ dir, port: 0, isDurable: false });
    await first.stop();
    rmSync(join(dir, 'password'));
    const second = await startPostgres({ dir, port: 0, isDurable: false });
    expect(new URL(second.url).password).not.toBe(new URL(first.url).password);
    await second.stop();
  });

  it('says in one line why it does not start', async () => {
    const running = await startNatsServer({ dir, port: 0, program });
    const other = mkdtempSync(join(tmpdir(), 'perfwatch-embedded-'));
    const start = startNatsServer({ dir: other, port: running.port, program });
    await expect(start).rejects.toThrow(`Port ${running.port} for NATS is in use: set PERFWATCH_NATS_PORT to another`);
    await running.stop();
    rmSync(other, { recursive: true });
  });
});
