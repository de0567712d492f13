import { Command } from 'commander';
import { addArchiveCommands } from './archive-commands.ts';
import type { CommandContext } from './command-context.ts';
import { addCredentialsCommands } from './credentials-commands.ts';
import { addRunCommand } from './run-command/run-command.ts';
import { addKeysCommands } from './keys-commands.ts';
import { SERVICES } from './services.ts';
import type { Screen } from './terminal.ts';
import { addTopCommand } from './top/top-command.ts';
import { addUserCommands } from './user-commands.ts';
import { addWatchCommand } from './watch-command.ts';

/** The command line `perfwatch`, all of its commands. */
export function commandLine(context: CommandContext, screen: Screen = process.stdout): Command {
  const { stopRequests, environment } = context;
  const program = new Command('perfwatch')
    .description('See what Linux machines are doing, live every second and back through weeks of history.')
    .addHelpText('after', '\nEverything is configured by environment variables: see docs/operations.md.')
    .showHelpAfterError('(perfwatch --help lists what there is)');
  program
    .command('up')
    .description('run everything on this machine, with its own NATS and PostgreSQL unless others are configured')
    .action(async () => {
      const { up } = await import('./up.ts');
      await up({ config: context.loadConfig(), environment, stopRequests, progress: context.print, trouble: context.warn });
    });
  program
    .command('run')
    .description(
      'run services in this process, against the NATS and PostgreSQL that are configured; or, as run -- <command>, a command that is marked on the time axis with what it used',
    )
    .argument('<service...>', Object.keys(SERVICES).join(', '))
    .action(async (services: string[]) => {
      const { runHere } = await import('./run-here.ts');
      await runHere({ config: context.loadConfig(), services, stopRequests });
    });
  addUserCommands(program, context);
  addArchiveCommands(program, context);
  addCredentialsCommands(program, context);
  addKeysCommands(program, context);
  addWatchCommand(program, context, screen);
  addTopCommand(program, context, screen);
  addRunCommand(program, context);
  return program;
}
