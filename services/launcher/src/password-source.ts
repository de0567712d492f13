import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { PerfwatchError } from '@perfwatch/contract';

export interface PasswordOptions {
  passwordStdin?: boolean;
  generate?: boolean;
}

export interface Password {
  password: string;
  /** Whether nobody knows it yet. */
  isGenerated: boolean;
}

/** Asks on the terminal without showing what is typed. Rejects when the person gives up with Ctrl-C or Ctrl-D. */
function ask(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  return new Promise((resolve, reject) => {
    terminal.once('line', (line) => {
      resolve(line);
      terminal.close();
    });
    terminal.once('SIGINT', () => terminal.close());
    terminal.once('close', () => {
      process.stderr.write('\n');
      reject(new PerfwatchError('bad_input', 'No password was given: nothing was changed'));
    });
  });
}

/** A password from a terminal, from stdin or made up, never from an argument, where every process of the machine could read it. */
export async function readPassword({ passwordStdin = false, generate = false }: PasswordOptions): Promise<Password> {
  if (passwordStdin && generate) throw new PerfwatchError('bad_input', '--password-stdin and --generate exclude each other');
  if (generate) {
    const { generatePassword } = await import('@perfwatch/auth');
    return { password: generatePassword(), isGenerated: true };
  }
  if (passwordStdin) return { password: (await text(process.stdin)).replace(/\r?\n$/, ''), isGenerated: false };
  if (!process.stdin.isTTY)
    throw new PerfwatchError('bad_input', 'There is no terminal to ask for the password on: use --password-stdin or --generate');
  const password = await ask('Password: ');
  if (password !== (await ask('Again: '))) throw new PerfwatchError('bad_input', 'The two passwords differ: nothing was changed');
  return { password, isGenerated: false };
}
