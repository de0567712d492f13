import { hostname } from 'node:os';
import { mkdirSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { parseInput, PerfwatchError, subjectTokenSchema } from '@perfwatch/contract';
import {
  addCredentials,
  isLoopback,
  listCredentials,
  reloadNats,
  removeCredentials,
  type CredentialsKind,
  type NatsCredentials,
  type NewCredentials,
} from '@perfwatch/embedded';
import type { PerfwatchConfig } from '@perfwatch/service-kit';
import type { CommandContext } from './command-context.ts';
import { dataPaths } from './data-directory.ts';
import { readInstance } from './instance-file.ts';

const KINDS: readonly CredentialsKind[] = ['collector', 'reader'];
const MAX_NAME_LENGTH = 63;
const ROOM_FOR_A_NUMBER = 5;

interface CreateOptions {
  host?: string;
  name?: string;
  address?: string;
}

/** Makes more than one set of credentials for a host tellable apart when no name is given. */
function freeName(wanted: string, existing: readonly NatsCredentials[]): string {
  const names = new Set(existing.map(({ name }) => name));
  const candidates = [wanted, ...existing.map((_, index) => `${wanted.slice(0, MAX_NAME_LENGTH - ROOM_FOR_A_NUMBER)}-${index + 2}`)];
  return candidates.find((name) => !names.has(name)) ?? wanted;
}

/** Where the embedded server keeps its users. Throws PerfwatchError('bad_input') when PerfWatch uses another server. */
function natsDir(config: PerfwatchConfig): string {
  if (config.natsUrl !== null) {
    throw new PerfwatchError(
      'bad_input',
      'PERFWATCH_NATS_URL names a server of your own: make the credentials there (docs/nats.md has what each kind may)',
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

/** Where the embedded server listens, or will: of one that runs the configuration of this process may tell otherwise. */
function listening(config: PerfwatchConfig): { host: string; port: number } {
  return readInstance(config.dataDir)?.nats.embedded ?? { host: config.natsHost, port: config.natsPort };
}

/** `host:port` under which the server is reached: `given`, of which the port may be left out, or what it listens on. */
function addressOf(given: string | undefined, { host, port }: { host: string; port: number }): string {
  const reached = ['0.0.0.0', '::'].includes(host) ? hostname() : host;
  const text = given ?? (reached.includes(':') ? `[${reached}]` : reached);
  const url = URL.parse(`nats://${text}`);
  if (url === null || url.hostname === '' || url.host !== text.toLowerCase()) {
    throw new PerfwatchError(
      'bad_input',
      `--address "${text}" must be a name or address, with or without a port, such as 10.0.0.1 or 10.0.0.1:4222`,
    );
  }
  return url.port === '' ? `${text}:${port}` : text;
}

/** A host's credentials that nobody can use there are a riddle to whoever made them. */
function warnAboutLoopback(kind: string, { host }: { host: string }, { warn }: CommandContext): void {
  if (kind === 'host' && isLoopback(host))
    warn(
      `NATS listens on ${host}, which another machine reaches only through a tunnel (ssh -L): else set PERFWATCH_NATS_HOST to an address of this one and start PerfWatch again.`,
    );
}

function create(context: CommandContext, { kind, options }: { kind: CredentialsKind | 'host'; options: CreateOptions }): void {
  const config = context.loadConfig();
  const server = listening(config);
  if (server.port === 0) {
    throw new PerfwatchError('unavailable', 'The port of NATS is chosen at every start (PERFWATCH_NATS_PORT is 0): start PerfWatch first');
  }
  const address = addressOf(options.address, server);
  const dir = natsDir(config);
  const host = parseInput(subjectTokenSchema, options.host ?? config.hostId, '--host');
  const fallback = freeName(kind === 'reader' ? 'reader' : host, listCredentials(dir));
  const name = parseInput(subjectTokenSchema, options.name ?? fallback, '--name');
  const wanted: NewCredentials = kind === 'reader' ? { kind, name } : { kind: 'collector', name, host };
  const { password } = addCredentials(dir, wanted);
  reload(config);
  warnAboutLoopback(kind, server, context);
  context.print(`nats://${name}:${password}@${address}`);
}

function list(context: CommandContext, { kind, json = false }: { kind: string | undefined; json?: boolean | undefined }): void {
  const all = listCredentials(natsDir(context.loadConfig()));
  const rows = all
    .filter((credentials) => kind === undefined || credentials.kind === kind)
    .map((credentials) => ({
      kind: credentials.kind,
      name: credentials.name,
      host: credentials.kind === 'collector' ? credentials.host : null,
      created_at: credentials.createdAt,
    }));
  if (json) context.print(JSON.stringify(rows, null, 2));
  else if (rows.length === 0) context.print(kind === undefined ? 'There are no credentials.' : `There are no ${kind} credentials.`);
  else
    for (const row of rows)
      context.print(
        `${row.kind.padEnd(10)} ${row.name.padEnd(24)} ${(row.host === null ? '' : `host ${row.host}`).padEnd(29)} ${row.created_at}`,
      );
}

function revoke(context: CommandContext, credentials: { kind: CredentialsKind; name: string }): void {
  const config = context.loadConfig();
  removeCredentials(natsDir(config), credentials);
  reload(config);
  context.print(`Revoked ${credentials.name}: whoever used it is disconnected.`);
}

const addressOption = () =>
  new Option('--address <address>', 'name or address of this machine as others reach it, for the URL (default: where NATS listens)');
const nameOption = (what: string) => new Option('--name <name>', `a name to revoke it by (default: ${what})`);
const hostOption = () => new Option('--host <host>', 'the host whose subjects it may publish to (default: this machine)');

function addCreate(parent: Command, context: CommandContext): void {
  const makes = (kind: CredentialsKind | 'host') => (options: CreateOptions) => create(context, { kind, options });
  for (const [kind, description] of [
    ['collector', 'for a program that publishes samples of one host, and may do nothing else; prints a NATS URL'],
    ['host', "the same, for PerfWatch's own collectors on another machine (perfwatch run cpu memory ...)"],
  ] as const) {
    const command = parent.command(kind).description(description);
    command.addOption(hostOption()).addOption(nameOption('the host')).addOption(addressOption()).action(makes(kind));
  }
  const reader = parent
    .command('reader')
    .description('for a program that listens to perfwatch.v1.>, and may do nothing else; prints a NATS URL');
  reader.addOption(nameOption('reader')).addOption(addressOption()).action(makes('reader'));
}

/** `perfwatch credentials create|list|revoke`. */
export function addCredentialsCommands(program: Command, context: CommandContext): void {
  const credentials = program.command('credentials').description('NATS credentials for programs of your own and for other machines');
  addCreate(credentials.command('create').description('make credentials'), context);
  const listCommand = credentials.command('list').description('list credentials');
  listCommand.argument('[kind]', KINDS.join(' or ')).option('--json', 'as JSON');
  listCommand.action((kind: string | undefined, { json }: { json?: boolean }) => list(context, { kind, json }));
  const revokeCommand = credentials.command('revoke').description('take credentials away; whoever uses them is disconnected at once');
  for (const kind of KINDS)
    revokeCommand
      .command(kind)
      .description(`those of a ${kind}`)
      .argument('<name>', 'as list shows it')
      .action((name: string) => revoke(context, { kind, name }));
}
