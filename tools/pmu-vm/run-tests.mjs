import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const VM = path.join(import.meta.dirname, 'pmu-vm.sh');
const COLLECTORS = path.join(root, 'services/collectors');
/** What pmu-vm.sh exits with when the machine could not run the tests. */
const NO_MACHINE = 125;
const FIRST_LINE = /^\/\/ pmu-vm:(.*)\n/;
const MAX_KEPT_CHARACTERS = 200_000;

function hardwareTests() {
  const folders = readdirSync(COLLECTORS).map((collector) => path.join(COLLECTORS, collector, 'test/hardware'));
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => path.join(folder, file)))
    .filter((file) => file.endsWith('.test.ts'))
    .sort();
}

/** A test and everything it imports as one file: the emulated processor would take minutes to load them one by one. */
async function bundle(test, folder) {
  // Not at the top: whoever imports this may have yet to install it.
  const { build } = await import('esbuild');
  await build({
    entryPoints: [test],
    outfile: path.join(folder, 'test.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['koffi'],
    sourcemap: 'inline',
    logLevel: 'silent',
  });
  cpSync(path.join(root, 'node_modules/koffi'), path.join(folder, 'node_modules/koffi'), { recursive: true });
}

/** Runs one test in a machine of its own; resolves to the exit code and what it printed. */
function runInVm(folder, options, signal) {
  return new Promise((resolve, reject) => {
    const command = ['node', '--enable-source-maps', '--test', '--test-reporter=tap', 'test.mjs'];
    const vm = spawn('bash', [VM, ...options, folder, '--', ...command], { stdio: ['ignore', 'pipe', 'pipe'], signal });
    let output = '';
    for (const stream of [vm.stdout, vm.stderr]) {
      stream.on('data', (chunk) => (output = (output + chunk).slice(-MAX_KEPT_CHARACTERS)));
    }
    vm.on('error', reject);
    vm.on('close', (code) => resolve({ code, output }));
  });
}

const countIn = (output, what) => Number(new RegExp(`^# ${what} (\\d+)\\s*$`, 'm').exec(output)?.[1] ?? 0);
const lastLine = (text) => text.trim().split('\n').at(-1) ?? '';

/**
 * Runs every hardware test, each in the emulated machine that its first line asks for (`// pmu-vm: --icount --smp 2`).
 * `unable` says why there is no such machine here, or null.
 */
export async function runHardwareTests({ signal } = {}) {
  const result = { passed: 0, failed: 0, unable: null, output: '' };
  for (const test of hardwareTests()) {
    const options = FIRST_LINE.exec(readFileSync(test, 'utf8'))?.[1].trim().split(/\s+/) ?? [];
    const folder = mkdtempSync(path.join(os.tmpdir(), 'perfwatch-hardware-'));
    try {
      await bundle(test, folder);
      const { code, output } = await runInVm(folder, options.filter(Boolean), signal);
      if (code === NO_MACHINE) return { ...result, unable: lastLine(output) };
      const failed = countIn(output, 'fail');
      const passed = countIn(output, 'pass');
      // A run that ended well without a test proves nothing.
      const isEmpty = failed === 0 && (code !== 0 || passed === 0);
      result.passed += passed;
      result.failed += isEmpty ? 1 : failed;
      if (isEmpty || failed > 0) result.output += `${path.relative(root, test)}\n${output}\n`;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return result;
}
