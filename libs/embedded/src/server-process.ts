import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PerfwatchError } from '@perfwatch/contract';

/** Lines kept to say why a server ended. */
const KEPT_LINES = 20;

/** A program and its arguments. */
export interface Command {
  file: string;
  args: readonly string[];
}

export interface ServerProcessOptions {
  /** For messages: `PostgreSQL`. */
  title: string;
  command: Command;
  cwd?: string;
  env: Readonly<Record<string, string>>;
  uid?: number;
  gid?: number;
  /** Whether this line of stderr says that the server serves. */
  isReady(line: string): boolean;
  /** Whether this line tells why it ended. */
  isFatal(line: string): boolean;
  readyTimeoutMs: number;
  onLine?: ((line: string) => void) | undefined;
}

export type ExitListener = (reason: string) => void;

/** A server as a child process, in a process group of its own so that Ctrl-C on the terminal reaches only who shall end it in order. */
export class ServerProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #title: string;
  readonly #exited: Promise<string>;
  readonly #listeners = new Set<ExitListener>();
  #isStopping = false;
  #exitReason: string | null = null;

  private constructor(child: ChildProcess, pid: number, options: { title: string; exited: Promise<string> }) {
    this.#child = child;
    this.pid = pid;
    this.#title = options.title;
    this.#exited = options.exited;
    void this.#exited.then((reason) => {
      this.#exitReason = reason;
      if (!this.#isStopping) for (const listener of this.#listeners) listener(reason);
    });
  }

  /** Starts it and waits until it serves. Throws PerfwatchError('unavailable') with the server's own reason; nothing is left running then. */
  static async start(options: ServerProcessOptions): Promise<ServerProcess> {
    const { title, command } = options;
    const child = spawn(command.file, command.args, {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: options.env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    });
    const lines: string[] = [];
    const ready = Promise.withResolvers<null>();
    const exited = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`${title} cannot be started: ${error.message}`));
      child.once('close', (code, signal) => {
        const cause = lines.findLast((line) => options.isFatal(line)) ?? lines.at(-1) ?? 'it gave no reason';
        resolve(`${title} ended with ${signal ?? `exit code ${code}`}: ${cause}`);
      });
    });
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (lines.push(line) > KEPT_LINES) lines.shift();
      options.onLine?.(line);
      if (options.isReady(line)) ready.resolve(null);
    });
    const timer = setTimeout(() => {
      ready.reject(
        new PerfwatchError(
          'unavailable',
          `${title} did not start within ${options.readyTimeoutMs / 1000} s: ${lines.at(-1) ?? 'it said nothing'}`,
        ),
      );
    }, options.readyTimeoutMs);
    try {
      await Promise.race([ready.promise, exited.then((reason) => Promise.reject(new PerfwatchError('unavailable', reason)))]);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    } finally {
      clearTimeout(timer);
    }
    if (child.pid === undefined) throw new PerfwatchError('unavailable', `${title} cannot be started`);
    return new ServerProcess(child, child.pid, { title, exited });
  }

  /** Calls `listener` when it ends without having been stopped; at once when it already has. */
  onExit(listener: ExitListener): void {
    if (this.#exitReason === null) this.#listeners.add(listener);
    else if (!this.#isStopping) listener(this.#exitReason);
  }

  /** Sends the signals one after another, each `graceMs` after the last, until it has ended. Idempotent. */
  async stop(signals: readonly NodeJS.Signals[], graceMs: number): Promise<void> {
    this.#isStopping = true;
    for (const signal of signals) {
      if (this.#exitReason !== null) return;
      this.#child.kill(signal);
      const { promise, resolve } = Promise.withResolvers<null>();
      const timer = setTimeout(() => resolve(null), graceMs);
      await Promise.race([promise, this.#exited]);
      clearTimeout(timer);
    }
    if (this.#exitReason === null) throw new PerfwatchError('internal', `${this.#title} (process ${this.pid}) cannot be ended`);
  }
}
