import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { keepLog } from './kept-logs.ts';

const REPOSITORY = resolve(import.meta.dirname, '../../..');
const POLL_MS = 25;
/** Shared by all tests: each has a data directory of its own, and compiling every time takes seconds. */
const COMPILE_CACHE = join(tmpdir(), `perfwatch-test-compile-cache-${process.getuid?.() ?? 0}`);

export interface LaunchOptions {
  args?: readonly string[];
  /** On top of this process's environment without its PERFWATCH_ variables. */
  env?: Readonly<Record<string, string>>;
  uid?: number;
  gid?: number;
  /** Another clone. */
  repository?: string;
}

/** The command line as a person runs it, as a process of its own. */
export class LaunchedPerfwatch {
  readonly #child: ChildProcess;
  readonly exitCode: Promise<number | null>;
  stdout = '';
  stderr = '';

  constructor({ args = ['up'], env = {}, repository = REPOSITORY, ...account }: LaunchOptions = {}) {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PERFWATCH_'));
    const defaults = {
      PERFWATCH_HTTP_PORT: '0',
      PERFWATCH_NATS_PORT: '0',
      PERFWATCH_HOST_ID: 'test-host',
      NODE_COMPILE_CACHE: COMPILE_CACHE,
    };
    this.#child = spawn(process.execPath, [join(repository, 'services/launcher/src/main.ts'), ...args], {
      env: { ...Object.fromEntries(inherited), ...defaults, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...account,
    });
    this.#child.stdin?.on('error', () => {});
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.exitCode = new Promise((done) =>
      this.#child.once('close', (code) => {
        keepLog({ output: this.stdout + this.stderr, env });
        done(code);
      }),
    );
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  input(text: string): void {
    this.#child.stdin?.end(text);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Waits until `condition` holds; throws with the output when the process ends first or after `timeoutMs`. */
  async waitFor(what: string, condition: () => boolean | Promise<boolean>, timeoutMs = 50_000): Promise<void> {
    const endMs = performance.now() + timeoutMs;
    while (!(await condition())) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null || performance.now() > endMs) {
        throw new Error(`perfwatch: no ${what}\n${this.stdout}\n${this.stderr}`);
      }
      await delay(POLL_MS);
    }
  }

  /** Waits for the block that says everything runs; gives the dashboard's URL. */
  async ready(): Promise<string> {
    await this.waitFor('dashboard', () => this.stdout.includes('Ctrl-C stops it'));
    return /Dashboard\s+(http:\S+)/.exec(this.stdout)?.[1] ?? '';
  }

  /** Ends it as Ctrl-C does; gives the exit code. */
  stop(): Promise<number | null> {
    this.signal('SIGINT');
    return this.exitCode;
  }
}

/** A data directory for a test; `dispose` deletes it. `under` is where, the system's temporary directory unless told. */
export function temporaryDataDirectory(under = tmpdir()): { path: string; dispose(): void } {
  const parent = mkdtempSync(join(under, 'perfwatch-data-'));
  return { path: join(parent, 'data'), dispose: () => rmSync(parent, { recursive: true, force: true }) };
}

/** The JSON that a running instance keeps about itself. */
export function readRunFile(dataDir: string): unknown {
  return JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8'));
}
