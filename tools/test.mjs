// `npm test`: installs what is missing, then format, lint, types, unit, integration, hardware and end-to-end tests.
// Quiet when green; the last line is `N passed, N failed, N skipped`.
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { prepareRepository } from './bootstrap.mjs';
import { runHardwareTests } from './pmu-vm/run-tests.mjs';
import { ensureTestPrograms } from './test-programs.mjs';

const root = path.resolve(import.meta.dirname, '..');
const total = { passed: 0, failed: 0, skipped: 0 };

/** Runs a program of the repository under its own Node; resolves to its exit code and everything it printed. */
function execute(args, { timeoutMs, env = {} }) {
  return new Promise((resolve) => {
    const node = path.join(root, 'node_modules/node/bin/node');
    const environment = { ...process.env, PATH: `${path.dirname(node)}:${process.env.PATH}`, NO_COLOR: '1', NX_TUI: 'false', ...env };
    const child = spawn(node, args, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    const deadline = setTimeout(() => {
      chunks.push(Buffer.from(`\nStopped after ${timeoutMs / 1000} s.\n`));
      process.kill(-child.pid, 'SIGKILL');
    }, timeoutMs);
    child.on('close', (code) => {
      clearTimeout(deadline);
      resolve({ code, output: Buffer.concat(chunks).toString() });
    });
  });
}

function report(name, { startedAt, failed, skipped = [], note = '', output }) {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(`${failed ? 'FAIL' : 'ok  '} ${name}${note} (${seconds} s)`);
  for (const reason of skipped) console.log(`     skipped: ${reason}`);
  if (failed) console.log(output.trimEnd());
}

/** A check that passes or fails as a whole. */
async function check(name, args, timeoutMs = 300_000) {
  const startedAt = performance.now();
  const { code, output } = await execute(args, { timeoutMs });
  total[code === 0 ? 'passed' : 'failed'] += 1;
  report(name, { startedAt, failed: code !== 0, output });
}

/** The names of skipped tests, each with the reason it gave. */
function skippedIn(results) {
  return results.testResults.flatMap(({ assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'skipped' || status === 'pending' || status === 'todo')
      .map(({ fullName, meta }) => (typeof meta?.skipReason === 'string' ? `${fullName}: ${meta.skipReason}` : fullName)),
  );
}

/** A Vitest project: every test counts. */
async function suite(name, timeoutMs, env = {}) {
  const startedAt = performance.now();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'perfwatch-test-'));
  const resultFile = path.join(folder, 'results.json');
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    name,
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${resultFile}`,
  ];
  const { code, output } = await execute(vitest, { timeoutMs, env });
  let results;
  try {
    results = JSON.parse(readFileSync(resultFile, 'utf8'));
  } catch {
    results = { numPassedTests: 0, numFailedTests: 0, numTotalTests: 0, testResults: [] };
  }
  rmSync(folder, { recursive: true, force: true });
  const skipped = skippedIn(results);
  const unfinished = code !== 0 && results.numFailedTests === 0 ? 1 : 0;
  total.passed += results.numPassedTests;
  total.failed += results.numFailedTests + unfinished;
  total.skipped += skipped.length;
  report(`${name} tests`, { startedAt, failed: code !== 0, skipped, note: `: ${results.numPassedTests} passed`, output });
}

/** The hardware counters' tests, in an emulated machine; skipped as one where it cannot be had. */
async function hardwareSuite(timeoutMs) {
  const startedAt = performance.now();
  const { passed, failed, unable, output } = await runHardwareTests({ signal: AbortSignal.timeout(timeoutMs) }).catch((error) => ({
    ...{ passed: 0, failed: 1, unable: null },
    output: error.message,
  }));
  const skipped = unable === null ? [] : [`hardware counters: ${unable}`];
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped.length;
  report('hardware tests', { startedAt, failed: failed > 0, skipped, note: `: ${passed} passed`, output });
}

await prepareRepository();
await ensureTestPrograms();
// Linting takes as long as all of the others.
const linted = check('lint', ['node_modules/eslint/bin/eslint.js', '--max-warnings=0', '.']);
await check('format', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.']);
await check('types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']);
await check('types of the dashboard', ['node_modules/typescript/bin/tsc', '-p', 'dashboard/tsconfig.json']);
await check('dashboard build', ['node_modules/nx/dist/bin/nx.js', 'run', '@perfwatch/dashboard:build']);
await linted;
await suite('unit', 300_000);
await suite('integration', 420_000);
await hardwareSuite(240_000);
const logFolder = mkdtempSync(path.join(os.tmpdir(), 'perfwatch-logs-'));
await suite('end-to-end', 600_000, { TEST_LOG_FOLDER: logFolder });
await check('no secrets in the logs', ['tools/log-secrets.ts', logFolder]);
rmSync(logFolder, { recursive: true, force: true });
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
