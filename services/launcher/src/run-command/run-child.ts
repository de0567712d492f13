import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Environment } from '@perfwatch/service-kit';
import { endedChildren, PeakMemory, type CpuSeconds } from './child-usage.ts';

/** How a command ended. */
export interface CommandRun {
  command: readonly [string, ...string[]];
  startMs: number;
  endMs: number;
  /** False for what cannot be found or may not be run. */
  isStarted: boolean;
  /** As a shell has it: 128 and the signal's number, 127 for what cannot be found, 126 for what cannot be started. */
  exitCode: number;
  /** How it ended, in words: `exited with 0`, `was ended by SIGTERM`. */
  ending: string;
  /** Of the command and all that it waited for; null where it is not known. */
  cpu: CpuSeconds | null;
  /** Of its largest process. */
  peakResidentBytes: number | null;
}

export interface RunChildOptions {
  command: readonly [string, ...string[]];
  environment: Environment;
  cwd: string | undefined;
}

/** Passed on to the command. SIGQUIT and SIGINT of a terminal reach it without us. */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGCONT', 'SIGWINCH'];
const FROM_TERMINAL: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT', 'SIGWINCH']);

/** Passes signals on while the command runs; returns what ends that. */
function passSignals(child: ChildProcess): () => void {
  const passed = SIGNALS.filter((signal) => !(process.stdin.isTTY && FROM_TERMINAL.has(signal)));
  const listeners = SIGNALS.map((signal) => {
    // One that is not passed on must not end this process either.
    const pass = () => {
      if (passed.includes(signal)) child.kill(signal);
    };
    process.on(signal, pass);
    return () => process.off(signal, pass);
  });
  return () => {
    for (const remove of listeners) remove();
  };
}

const START_FAULTS: Readonly<Record<string, { exitCode: number; ending: string }>> = {
  ENOENT: { exitCode: 127, ending: 'was not found' },
  EACCES: { exitCode: 126, ending: 'may not be run' },
};

function startFault(error: unknown): { exitCode: number; ending: string } {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = error instanceof Error ? error.message : String(error);
  return START_FAULTS[code] ?? { exitCode: 126, ending: `could not be started: ${reason}` };
}

async function ended(child: ChildProcess): Promise<{ exitCode: number; ending: string }> {
  try {
    await once(child, 'exit');
  } catch (error) {
    return startFault(error);
  }
  const { exitCode, signalCode } = child;
  if (signalCode === null) return { exitCode: exitCode ?? 1, ending: `exited with ${exitCode ?? 1}` };
  return { exitCode: 128 + constants.signals[signalCode], ending: `was ended by ${signalCode}` };
}

/** Runs a command on this process's own stdin, stdout and stderr until it ends. Never rejects. */
export async function runChild({ command, environment, cwd }: RunChildOptions): Promise<CommandRun> {
  const [file, ...args] = command;
  const before = endedChildren();
  const startMs = Date.now();
  const child = spawn(file, args, { stdio: 'inherit', env: { ...environment }, cwd });
  const stopPassing = passSignals(child);
  const memory = child.pid === undefined ? null : new PeakMemory(child.pid);
  const ending = await ended(child);
  stopPassing();
  const endMs = Date.now();
  const after = endedChildren();
  const cpu = before === null || after === null ? null : { user: after.user - before.user, system: after.system - before.system };
  return { command, startMs, endMs, isStarted: child.pid !== undefined, ...ending, cpu, peakResidentBytes: memory?.stop() ?? null };
}
