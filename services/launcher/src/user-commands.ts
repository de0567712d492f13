import { Argument, Option, type Command } from 'commander';
import { parseInput, roleSchema } from '@perfwatch/contract';
import type { CommandContext } from './command-context.ts';
import { readPassword, type Password, type PasswordOptions } from './password-source.ts';
import { withStore } from './with-store.ts';

const passwordOptions = () => [
  new Option('--password-stdin', 'take the password from standard input'),
  new Option('--generate', 'make a password and print it'),
];

function printGenerated({ password, isGenerated }: Password, { print }: CommandContext): void {
  if (isGenerated) print(`Password: ${password}`);
}

async function add(context: CommandContext, username: string, options: PasswordOptions & { role: string }): Promise<void> {
  const config = context.loadConfig();
  const role = parseInput(roleSchema, options.role, 'role');
  const password = await readPassword(options);
  const { addUser } = await import('@perfwatch/auth');
  const user = await withStore(config, (store) => addUser(store, { username, password: password.password, role, by: null }));
  context.print(`Added ${user.username} (${user.role}).`);
  printGenerated(password, context);
}

async function changePassword(context: CommandContext, username: string, options: PasswordOptions): Promise<void> {
  const config = context.loadConfig();
  const password = await readPassword(options);
  const { setPassword } = await import('@perfwatch/auth');
  const user = await withStore(config, (store) => setPassword(store, { username, password: password.password }));
  context.print(`Changed the password of ${user.username}; every session of theirs has ended.`);
  printGenerated(password, context);
}

async function changeRole(context: CommandContext, username: string, roleText: string): Promise<void> {
  const config = context.loadConfig();
  const role = parseInput(roleSchema, roleText, 'role');
  const { setRole } = await import('@perfwatch/auth');
  const user = await withStore(config, (store) => setRole(store, { username, role }));
  context.print(`${user.username} is ${user.role === 'admin' ? 'an administrator' : 'a viewer'} now; every session of theirs has ended.`);
}

async function remove(context: CommandContext, username: string): Promise<void> {
  const { removeUser } = await import('@perfwatch/auth');
  const user = await withStore(context.loadConfig(), (store) => removeUser(store, username));
  context.print(`Removed ${user.username}, with every session and API token of theirs.`);
}

async function list(context: CommandContext, { json = false }: { json?: boolean }): Promise<void> {
  const { listUsers } = await import('@perfwatch/auth');
  const users = await withStore(context.loadConfig(), (store) => listUsers(store.users));
  const rows = users.map(({ username, role, createdAt }) => ({ username, role, created_at: createdAt.toISOString() }));
  if (json) context.print(JSON.stringify(rows, null, 2));
  else if (rows.length === 0) context.print('There are no users yet: the first start makes an administrator.');
  else for (const { username, role, created_at: created } of rows) context.print(`${username.padEnd(24)} ${role.padEnd(8)} ${created}`);
}

/** `perfwatch user add|passwd|role|delete|list`. */
export function addUserCommands(program: Command, context: CommandContext): void {
  const user = program.command('user').description('users who may log in');
  const addCommand = user.command('add').description('add a user').argument('<name>', 'user name');
  addCommand.addOption(new Option('--role <role>', 'what the user may do').choices(roleSchema.options).default('viewer'));
  const passwd = user.command('passwd').description('change the password of a user, ending all of their sessions');
  passwd.argument('<name>', 'user name');
  for (const command of [addCommand, passwd]) for (const option of passwordOptions()) command.addOption(option);
  addCommand.action((name: string, options: PasswordOptions & { role: string }) => add(context, name, options));
  passwd.action((name: string, options: PasswordOptions) => changePassword(context, name, options));
  user
    .command('role')
    .description('make a user an administrator or a viewer, ending all of their sessions')
    .argument('<name>', 'user name')
    .addArgument(new Argument('<role>', 'what the user may do').choices(roleSchema.options))
    .action((name: string, role: string) => changeRole(context, name, role));
  user
    .command('delete')
    .description('remove a user, with all of their sessions and API tokens')
    .argument('<name>', 'user name')
    .action((name: string) => remove(context, name));
  user
    .command('list')
    .description('list the users')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) => list(context, options));
}
