import { runCommand } from './run-command.ts';
import type { Command } from './server-process.ts';

/** Puts another program in front of a command, which becomes that command. */
export type CommandWrap = (command: Command) => Command;

export function prefixWith(file: string, ...options: string[]): CommandWrap {
  return ({ file: program, args }) => ({ file, args: [...options, '--', program, ...args] });
}

/** Options of setpriv(1) that end the program with the process that started it, kill -9 included (PR_SET_PDEATHSIG of prctl(2)). */
export const DIE_WITH_PARENT = ['--pdeathsig', 'INT'] as const;

/** Where setpriv is missing or older than that, the next start ends what was left behind. */
export async function dyingWithParent(): Promise<CommandWrap> {
  const isAble = (await runCommand({ file: 'setpriv', args: [...DIE_WITH_PARENT, '--', 'true'] })).ok;
  return isAble ? prefixWith('setpriv', ...DIE_WITH_PARENT) : (command) => command;
}
