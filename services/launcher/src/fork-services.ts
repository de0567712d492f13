import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { PerfwatchError } from '@perfwatch/contract';
import { serviceProcessMessageSchema, type Administrator, type LauncherMessage, type ServiceProcessMessage } from './process-messages.ts';
import type { Running } from './keep-running.ts';
import { servicesOf, type ProcessName } from './services.ts';
import { V8_OPTIONS } from './v8-options.ts';

/** A process of services that is ready. */
export interface ServiceProcess extends Running {
  /** The first administrator, after a first start that made one or still has its password to show. */
  readonly administrator: Administrator | null;
}

export interface ForkOptions {
  process: ProcessName;
  /** What it is configured by, secrets included. */
  environment: Readonly<Record<string, string>>;
  isFirstStart: boolean;
  /** Where compiled modules are kept (module.enableCompileCache). */
  compileCacheDir: string;
  /** Gives the start up once aborted. */
  stopping: AbortSignal;
  /** Does not wait for the services to drain once aborted. */
  hurry: AbortSignal;
}

/** Starting on a busy machine, with migrations of a large database. */
const READY_TIMEOUT_MS = 120_000;
/** runServices drains for at most 10 s. */
const STOP_GRACE_MS = 12_000;

const MAIN = join(import.meta.dirname, 'service-process-main.ts');

/** A forked process that has not said yet whether it is ready. */
class ForkedProcess {
  readonly #child: ChildProcess;
  readonly #name: ProcessName;
  readonly #exited: Promise<string>;
  #isStopping = false;

  constructor({ process: name, environment, compileCacheDir }: Pick<ForkOptions, 'process' | 'environment' | 'compileCacheDir'>) {
    this.#name = name;
    // A session of its own: Ctrl-C on the terminal reaches the launcher alone, which ends everything in order.
    // Configuration goes over IPC: the environment of a process can be read in /proc.
    const given = Object.entries(environment).filter(([variable]) => !variable.startsWith('PERFWATCH_'));
    const env = { ...Object.fromEntries(given), NODE_COMPILE_CACHE: compileCacheDir };
    const execArgv = ['--disable-warning=ExperimentalWarning', ...V8_OPTIONS[name]];
    this.#child = fork(MAIN, [name], { execArgv, env, detached: true });
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(`The ${name} process cannot be started: ${error.message}`));
      this.#child.once('exit', (code, signal) => resolve(`The ${name} process ended with ${signal ?? `exit code ${code}`}`));
    });
  }

  send(message: LauncherMessage): void {
    if (this.#child.connected) this.#child.send(message);
  }

  /** Resolves to what it said when ready; throws PerfwatchError('unavailable') after it has ended. */
  async ready(signal: AbortSignal): Promise<Extract<ServiceProcessMessage, { type: 'ready' }>> {
    let failure: string | null = null;
    const fail = (reason: string) => {
      failure ??= reason;
      this.#child.kill('SIGKILL');
    };
    const cancel = () => fail(`The ${this.#name} process was stopped`);
    const timer = setTimeout(() => fail(`The ${this.#name} process was not ready within ${READY_TIMEOUT_MS / 1000} s`), READY_TIMEOUT_MS);
    signal.addEventListener('abort', cancel);
    if (signal.aborted) cancel();
    try {
      return await new Promise((resolve, reject) => {
        this.#child.on('message', (input) => {
          const message = serviceProcessMessageSchema.parse(input);
          if (message.type === 'ready') resolve(message);
          else fail(message.reason);
        });
        void this.#exited.then((reason) => reject(new PerfwatchError('unavailable', failure ?? `${reason} before it was ready`)));
      });
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    }
  }

  /** The process as one that runs. */
  running(administrator: Administrator | null, hurry: AbortSignal): ServiceProcess {
    return {
      pid: this.#child.pid ?? 0,
      administrator,
      onExit: (listener) =>
        void this.#exited.then((reason) => {
          if (!this.#isStopping) listener(reason);
        }),
      stop: () => this.#stop(hurry),
    };
  }

  async #stop(hurry: AbortSignal): Promise<void> {
    this.#isStopping = true;
    const kill = () => this.#child.kill('SIGKILL');
    this.send({ type: 'stop' });
    const deadline = setTimeout(kill, STOP_GRACE_MS);
    hurry.addEventListener('abort', kill);
    if (hurry.aborted) kill();
    await this.#exited;
    clearTimeout(deadline);
    hurry.removeEventListener('abort', kill);
  }
}

/**
 * Starts a process of services and waits until all of them run. Throws PerfwatchError('unavailable') with the reason; nothing is left then.
 */
export async function forkServices(options: ForkOptions): Promise<ServiceProcess> {
  const { process: name, environment, isFirstStart, stopping, hurry } = options;
  const forked = new ForkedProcess(options);
  forked.send({ type: 'start', services: servicesOf(name), environment: { ...environment }, isFirstStart });
  const { administrator } = await forked.ready(stopping);
  return forked.running(administrator, hurry);
}
