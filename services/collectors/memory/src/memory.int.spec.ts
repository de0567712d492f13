import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { HostFs } from '@perfwatch/procfs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MemoryReader } from './memory-reader.ts';

const MIB = 1024 * 1024;
const LOAD_BYTES = 256 * MIB;
const TOLERANCE = 0.02;
const ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/bin:/bin' };
const isInstalled = (program: string) => spawnSync(program, ['-V']).error === undefined;
const run = (program: string, args: string[]) => execFileSync(program, args, { encoding: 'utf8', env: ENVIRONMENT });

const newReader = () => new MemoryReader(new HostFs({ procRoot: '/proc', sysRoot: '/sys', rootRoot: '/' }));

/** Holds memory until the test ends, which is when the kernel has taken all of it back. */
async function holdMemory(): Promise<void> {
  const program = `globalThis.held = Buffer.alloc(${LOAD_BYTES}, 1); process.stdout.write('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  await once(child.stdout, 'data');
}

function expectClose(metric: string, ours: number | null | undefined, theirs: number | undefined): void {
  expect(ours, metric).toBeTypeOf('number');
  expect(theirs, metric).toBeTypeOf('number');
  const difference = Math.abs(Number(ours) - Number(theirs));
  expect(difference, `${metric}: ${ours}, the tool ${theirs}`).toBeLessThanOrEqual(TOLERANCE * Math.max(Number(theirs), MIB));
}

/** Columns of `free -b -w`: total, used, free, shared, buffers, cache, available. */
function readFree(): { memory: number[]; swap: number[] } {
  const rows = run('free', ['-b', '-w']).split('\n');
  const numbers = (name: string) => (rows.find((row) => row.startsWith(name)) ?? '').split(/\s+/).slice(1).map(Number);
  return { memory: numbers('Mem:'), swap: numbers('Swap:') };
}

// Both read for themselves, a moment apart: memory that changes hands in between is not a defect, three times in a row is.
describe('the memory collector on this machine', { retry: 2 }, () => {
  it.skipIf(!isInstalled('free'))(
    'agrees with free within 2 % while memory is held on purpose (needs free, from the package procps)',
    async () => {
      const reader = newReader();
      const before = reader.read({ elapsedMs: null }).metrics;
      await holdMemory();
      const { metrics } = reader.read({ elapsedMs: 1000 });
      const { memory, swap } = readFree();
      const [total, used, free, shared, buffers, cache, available] = memory;
      expect(metrics.total_bytes).toBe(total);
      expectClose('used_bytes', metrics.used_bytes, used);
      expectClose('free_bytes', metrics.free_bytes, free);
      expectClose('shared_bytes', metrics.shared_bytes, shared);
      expectClose('buffers_bytes', metrics.buffers_bytes, buffers);
      expectClose('cached_bytes', metrics.cached_bytes, cache);
      expectClose('available_bytes', metrics.available_bytes, available);
      expect([metrics.swap_total_bytes]).toEqual([swap[0]]);
      expectClose('swap_used_bytes', metrics.swap_used_bytes, swap[1]);
      expect(Number(metrics.anon_bytes) - Number(before.anon_bytes)).toBeGreaterThan(LOAD_BYTES * 0.8);
    },
  );

  it.skipIf(!isInstalled('vmstat'))('agrees with vmstat -s within 2 % (needs vmstat, from the package procps)', () => {
    const { metrics } = newReader().read({ elapsedMs: null });
    const rows = run('vmstat', ['-s', '-S', 'k']).split('\n');
    const bytes = (label: string) => {
      const row = rows.find((line) => line.trimEnd().endsWith(` ${label}`));
      return row === undefined ? undefined : Number.parseInt(row, 10) * 1000;
    };
    expectClose('total_bytes', metrics.total_bytes, bytes('total memory'));
    expectClose('used_bytes', metrics.used_bytes, bytes('used memory'));
    expectClose('free_bytes', metrics.free_bytes, bytes('free memory'));
    expectClose('buffers_bytes', metrics.buffers_bytes, bytes('buffer memory'));
    expectClose('cached_bytes', metrics.cached_bytes, bytes('swap cache'));
    expectClose('swap_total_bytes', metrics.swap_total_bytes, bytes('total swap'));
  });
});
