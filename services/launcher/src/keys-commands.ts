import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';

async function rotate(context: CommandContext, { dropOld = false }: { dropOld?: boolean }): Promise<void> {
  const config = context.loadConfig();
  const { rotateSigningKey } = await import('@perfwatch/auth');
  const acceptedUntil = await rotateSigningKey({ config, dropsOld: dropOld });
  context.print('Made a new signing key: whatever runs on this data directory uses it within a minute.');
  if (acceptedUntil !== null) context.print(`Tokens signed with the key before are accepted until ${acceptedUntil.toISOString()}.`);
  else if (dropOld)
    context.print('Tokens signed before are accepted no more: programs log in again, browsers renew their tokens by themselves.');
}

/** `perfwatch keys rotate`. */
export function addKeysCommands(program: Command, context: CommandContext): void {
  const keys = program.command('keys').description('keys that sign the tokens of log-ins');
  keys
    .command('rotate')
    .description('sign with a new key from now on; nobody is logged out')
    .option('--drop-old', 'accept tokens of the keys before no more, as when a key has leaked')
    .action((options: { dropOld?: boolean }) => rotate(context, options));
}
