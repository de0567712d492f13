import { execFile } from 'node:child_process';
import type { Command } from './server-process.ts';

export interface CommandResult {
  ok: boolean;
  /** stdout, then stderr. */
  output: string;
}

export interface RunOptions {
  input?: string;
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  uid?: number;
  gid?: number;
}

/** Runs a program to its end (at most a minute). Never throws: a program that is not there is a failure like any other. */
export function runCommand({ file, args }: Command, { input = '', ...options }: RunOptions = {}): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = execFile(file, [...args], { ...options, timeout: 60_000 }, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim();
      resolve({ ok: error === null, output: output === '' && error !== null ? error.message : output });
    });
    // A program that does not read its input closes it first: its exit code says the rest.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
