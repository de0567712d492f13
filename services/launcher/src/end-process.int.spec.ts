import { execFileSync, fork, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Joining the thread that hangs takes until somebody opens the FIFO for writing: nobody does. */
const DEADLINE_MS = 10_000;
const fileOf = (name: string) => join(import.meta.dirname, name);
const NAMESPACES = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private'];
const canUnshare = (script: string) => spawnSync('unshare', [...NAMESPACES, 'sh', '-c', script], { timeout: DEADLINE_MS }).status === 0;
const hasNamespaces = canUnshare('true');
const hasFuse = hasNamespaces && canUnshare('exec 3<>/dev/fuse');
/** Mounts a file system that nobody answers for, where only this process tree sees it, and runs a program there. */
const WITH_HUNG_MOUNT = `
  exec 3<>/dev/fuse
  mount -i -t fuse.sshfs -o fd=3,rootmode=40000,user_id=0,group_id=0 hung "$1" || exit 9
  shift
  "$@"
  exit $?
`;

let directory: string;
/** Node's options by which a program has a call of node:fs under way that never ends: a FIFO is opened that nobody writes to. */
let hanging: string[];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'perfwatch-end-'));
  const fifo = join(directory, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const source = `import { open } from 'node:fs/promises'; void open(${JSON.stringify(fifo)});`;
  hanging = ['--disable-warning=ExperimentalWarning', '--import', `data:text/javascript,${encodeURIComponent(source)}`];
});
afterAll(() => rmSync(directory, { recursive: true }));

/** How a program ends: its exit code, or the signal that had to end it after the deadline. */
function endOf(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  const deadline = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
  return new Promise((resolve) =>
    child.once('exit', (code, signal) => {
      clearTimeout(deadline);
      resolve(code ?? signal);
    }),
  );
}

describe('a process with a file-system call that hangs', () => {
  // A thread takes a moment to begin: before that there is nothing to join.
  const program = (before = '') => [
    ...['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval'],
    `${before}
     const { endProcess } = await import(${JSON.stringify(fileOf('end-process.ts'))});
     setTimeout(() => endProcess(3), 200);`,
  ];

  it('ends with its exit code', async () => {
    expect(await endOf(spawn(process.execPath, [...hanging, ...program()], { stdio: 'ignore' }))).toBe(3);
  });

  it.skipIf(!hasNamespaces)('ends with its exit code as process 1, as in a container (needs root and unshare)', async () => {
    expect(await endOf(spawn('unshare', [...NAMESPACES, process.execPath, ...hanging, ...program()], { stdio: 'ignore' }))).toBe(3);
  });

  it.skipIf(!hasFuse)('ends while statfs waits for a mount that hangs (needs root, unshare and /dev/fuse)', async () => {
    const mountPoint = join(directory, 'mount');
    mkdirSync(mountPoint);
    const asking = `import { statfs } from 'node:fs/promises'; void statfs(${JSON.stringify(mountPoint)});`;
    const script = ['sh', '-c', WITH_HUNG_MOUNT, 'sh', mountPoint, process.execPath, ...program(asking)];
    expect(await endOf(spawn('unshare', [...NAMESPACES, ...script], { stdio: 'ignore' }))).toBe(3);
  });

  it('is a service process that ends when the launcher says so', async () => {
    const child = fork(fileOf('service-process-main.ts'), { execArgv: hanging, stdio: 'ignore' });
    const end = endOf(child);
    child.send({ type: 'stop' });
    expect(await end).toBe(0);
  });

  it('is a service process that ends when the launcher is gone', async () => {
    const child = fork(fileOf('service-process-main.ts'), { execArgv: hanging, stdio: 'ignore' });
    const end = endOf(child);
    child.once('spawn', () => child.disconnect());
    expect(await end).toBe(0);
  });

  it('is a command that ends with its exit code', async () => {
    const env = { PATH: process.env['PATH'], PERFWATCH_INTERVAL_MS: 'abc' };
    expect(await endOf(spawn(process.execPath, [...hanging, fileOf('main.ts'), 'up'], { env, stdio: 'ignore' }))).toBe(1);
  });
});
