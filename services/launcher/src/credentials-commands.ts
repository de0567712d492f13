import { mkdirSync } from 'node:fs';
import type { Command } from 'commander';
import { parseInput, PerfwatchError, subjectTokenSchema } from '@perfwatch/contract';
import {
  addCollectorCredentials,
  listCollectorCredentials,
  reloadNats,
  removeCollectorCredentials,
  type CollectorCredentials,
} from '@perfwatch/embedded';
import type { PerfwatchConfig } from '@perfwatch/service-kit';
import type { CommandContext } from './command-context.ts';
import { dataPaths } from './data-directory.ts';
import { readInstance } from './instance-file.ts';

/** Makes more than one set of credentials for a host tellable apart when no name is given. */
function freeName(host: string, existing: readonly CollectorCredentials[]): string {
  const names = new Set(existing.map(({ name }) => name));
  const candidates = [host, ...existing.map((_, index) => `${host.slice(0, 58)}-${index + 2}`)];
  return candidates.find((name) => !names.has(name)) ?? host;
}

/** Where the embedded server keeps its users. Throws PerfwatchError('bad_input') when PerfWatch uses another server. */
function natsDir(config: PerfwatchConfig): string {
  if (config.natsUrl !== null) {
    throw new PerfwatchError(
      'bad_input',
      'PERFWATCH_NATS_URL names a server of your own: make the credentials there (see docs/subjects.md for what a collector needs)',
    );
  }
  const { nats } = dataPaths(config.dataDir);
  mkdirSync(nats, { recursive: true, mode: 0o700 });
  return nats;
}

/** A running server takes the change over at once; another reads it when it starts. */
function reload(config: PerfwatchConfig): void {
  const embedded = readInstance(config.dataDir)?.nats.embedded;
  if (embedded) reloadNats(embedded.pid);
}

function portOf(config: PerfwatchConfig): number {
  return readInstance(config.dataDir)?.nats.embedded?.port ?? config.natsPort;
}

function urlOf({ name, password }: CollectorCredentials, config: PerfwatchConfig): string {
  return `nats://${name}:${password}@127.0.0.1:${portOf(config)}`;
}

function create(context: CommandContext, options: { host?: string; name?: string }): void {
  const config = context.loadConfig();
  if (portOf(config) === 0) {
    throw new PerfwatchError('unavailable', 'The port of NATS is chosen at every start (PERFWATCH_NATS_PORT is 0): start PerfWatch first');
  }
  const host = parseInput(subjectTokenSchema, options.host ?? config.hostId, '--host');
  const dir = natsDir(config);
  const name = parseInput(subjectTokenSchema, options.name ?? freeName(host, listCollectorCredentials(dir)), '--name');
  const added = addCollectorCredentials({ dir, host, name });
  reload(config);
  context.print(urlOf(added, config));
}

function list(context: CommandContext, { json = false }: { json?: boolean }): void {
  const rows = listCollectorCredentials(natsDir(context.loadConfig())).map(({ name, host, createdAt }) => ({
    name,
    host,
    created_at: createdAt,
  }));
  if (json) context.print(JSON.stringify(rows, null, 2));
  else if (rows.length === 0) context.print('There are no collector credentials.');
  else for (const row of rows) context.print(`${row.name.padEnd(24)} host ${row.host.padEnd(24)} ${row.created_at}`);
}

function revoke(context: CommandContext, name: string): void {
  const config = context.loadConfig();
  removeCollectorCredentials({ dir: natsDir(config), name });
  reload(config);
  context.print(`Revoked ${name}: whoever used it is disconnected.`);
}

/** `perfwatch credentials create|list|revoke collector`. */
export function addCredentialsCommands(program: Command, context: CommandContext): void {
  const credentials = program.command('credentials').description('NATS credentials for programs of your own');
  const group = (verb: string, description: string) => credentials.command(verb).description(description);
  group('create', 'make credentials')
    .command('collector')
    .description('for a program that publishes samples of one host, and may do nothing else; prints a NATS URL')
    .option('--host <host>', 'the host whose subjects it may publish to (default: this machine)')
    .option('--name <name>', 'a name to revoke it by (default: the host)')
    .action((options: { host?: string; name?: string }) => create(context, options));
  group('list', 'list credentials')
    .command('collector')
    .description('those of collectors')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) => list(context, options));
  group('revoke', 'take credentials away')
    .command('collector')
    .description('those of a collector; it is disconnected at once')
    .argument('<name>', 'as list shows it')
    .action((name: string) => revoke(context, name));
}
