// What `npm start` and `npm run perfwatch` run with whatever Node is installed (20 or later): installs and builds what is missing,
// then becomes the command line under the Node that the repository pins. Needs nothing but Node's own modules.
import { Buffer } from 'node:buffer';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const MIN_NODE_MAJOR = 20;
const LAUNCHER_NODE_MAJOR = 24;
const PARENT_CHECK_MS = 300;
const pinnedNode = path.join(root, 'node_modules/node/bin/node');

/** Ends the command with one line. */
class BootstrapError extends Error {}

/** Null for what is missing and for what this user may not see. */
function statIfAllowed(file) {
  try {
    return statSync(file);
  } catch {
    return null;
  }
}

const isFile = (file) => statIfAllowed(file)?.isFile() === true;
const modifiedMs = (file) => statIfAllowed(file)?.mtimeMs ?? 0;
const hashOf = (contents) => createHash('sha256').update(contents).digest('hex');
const readIfThere = (file) => (isFile(file) ? readFileSync(file, 'utf8') : '');
const lastLine = (text) => text.trim().split('\n').at(-1) ?? '';

/** Runs `work` between a line that says what takes so long and one that says how long it took. */
async function withProgress(title, work) {
  const startedAt = Date.now();
  console.log(`${title} ...`);
  await work();
  console.log(`${title}: done in ${Math.round((Date.now() - startedAt) / 1000)} s`);
}

/** Runs a program quietly to its end; resolves to its exit code and what it printed. A signal reaches it as it reaches this process. */
function run(file, args, env = process.env) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }));
  });
}

/** npm as it was called, or the one beside this Node. */
function npm(args) {
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const script = process.env.npm_execpath;
  const isScript = script !== undefined && /npm-cli\.c?js$/.test(script) && isFile(script);
  return isScript ? run(process.execPath, [script, ...args, ...options]) : run('npm', [...args, ...options]);
}

async function installPackages() {
  const lock = path.join(root, 'package-lock.json');
  const installed = path.join(root, 'node_modules/.package-lock.json');
  const marker = path.join(root, 'node_modules/.perfwatch-installed');
  const wanted = hashOf(readFileSync(lock));
  if (isFile(installed) && readIfThere(marker) === wanted) return;
  // Installed by hand since the lock file changed: nothing to do.
  if (modifiedMs(installed) < modifiedMs(lock)) {
    await withProgress('Installing npm packages (about a minute)', async () => {
      const clean = await npm(['ci']);
      if (clean.code === 0) return;
      const { code, output } = await npm(['install']);
      if (code !== 0) throw new BootstrapError(`npm install failed: ${lastLine(output)} (run npm install to see all of it)`);
    });
  }
  try {
    writeFileSync(marker, wanted);
  } catch {
    // Packages that another user installed: their time stamps decide again at the next start.
  }
}

function launcherNode() {
  if (isFile(pinnedNode)) return pinnedNode;
  if (Number.parseInt(process.versions.node, 10) >= LAUNCHER_NODE_MAJOR) return process.execPath;
  throw new BootstrapError(
    `Node ${LAUNCHER_NODE_MAJOR} is missing in node_modules/node, because npm ran no install scripts: run npm ci --ignore-scripts=false`,
  );
}

/** Installs the repository's packages; returns the Node that runs PerfWatch. Throws an error with one line to show. */
export async function prepareRepository() {
  await installPackages();
  return launcherNode();
}

const NOT_SOURCES = new Set(['node_modules', 'dist', '.angular', '.nx']);

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_SOURCES.has(entry.name)) return [];
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(file) : [file];
  });
}

/** Changes with whatever the dashboard is built from. */
function hashDashboardSources() {
  const folders = ['dashboard', 'libs/contract/src'].flatMap((folder) => filesBelow(path.join(root, folder)));
  const files = [...folders, path.join(root, 'package-lock.json'), path.join(root, 'tsconfig.base.json')].filter(isFile).sort();
  return hashOf(files.map((file) => `${path.relative(root, file)} ${hashOf(readFileSync(file))}`).join('\n'));
}

/** Builds the dashboard when its sources changed since the last time. */
export async function buildDashboard(node) {
  const dist = path.join(root, 'dashboard/dist');
  const marker = path.join(dist, 'sources.sha256');
  const sources = hashDashboardSources();
  const isBuilt = isFile(path.join(dist, 'browser/index.html')) || isFile(path.join(dist, 'index.html'));
  if (isBuilt && readIfThere(marker) === sources) return;
  await withProgress('Building the dashboard', async () => {
    const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`, NX_TUI: 'false' };
    const { code, output } = await run(node, ['node_modules/nx/dist/bin/nx.js', 'run', '@perfwatch/dashboard:build'], env);
    if (code !== 0) throw new BootstrapError(`${output.trim()}\nThe dashboard cannot be built: see above`);
    writeFileSync(marker, sources);
  });
}

/** Where the launcher looks too: $PATH, and the sbin beside each bin. */
function hasNatsServer() {
  const dirs = (process.env.PATH ?? '').split(path.delimiter).filter((dir) => dir !== '');
  const siblings = dirs.filter((dir) => path.basename(dir) === 'bin').map((dir) => path.join(path.dirname(dir), 'sbin'));
  return [...dirs, ...siblings].some((dir) => isFile(path.join(dir, 'nats-server')));
}

const succeeds = (file, ...args) => spawnSync(file, args, { stdio: 'ignore' }).status === 0;

/** Where it cannot be installed, the launcher says what to do. */
async function installNatsServer() {
  if (hasNatsServer() || process.getuid?.() !== 0 || !succeeds('apt-get', '--version')) return;
  await withProgress('Installing nats-server with apt-get', async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const aptGet = (...args) => run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], env);
    // The package would start a server of its own, open to the network, on the very port that PerfWatch uses.
    const hasSystemd = existsSync('/run/systemd/system');
    if (hasSystemd) succeeds('systemctl', 'mask', '--runtime', 'nats-server.service');
    await aptGet('update');
    await aptGet('install', '-y', '--no-install-recommends', 'nats-server');
    if (hasSystemd) {
      succeeds('systemctl', 'disable', 'nats-server.service');
      succeeds('systemctl', 'unmask', '--runtime', 'nats-server.service');
    }
  });
}

/** npm passes SIGTERM to the shell between it and this process, which ends without passing it on; kill -9 is not passed on at all. */
function stopWithParent(stop) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, PARENT_CHECK_MS);
  timer.unref();
}

/** Runs the command line; resolves to its exit code. Signals are passed on, and should this process be killed, it notices and stops. */
function launch(node, args) {
  return new Promise((resolve) => {
    const main = path.join(root, 'services/launcher/src/main.ts');
    const child = spawn(node, ['--disable-warning=ExperimentalWarning', main, ...args], {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    stopWithParent(() => child.kill('SIGTERM'));
    child.on('error', (error) => {
      console.error(`${node} cannot be started: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

const isSet = (name) => Boolean(process.env[name]?.trim() || process.env[`${name}_FILE`]?.trim());

async function main(args) {
  const node = await prepareRepository();
  const asksForHelp = args.includes('--help') || args.includes('-h');
  if (args[0] === 'up' && !asksForHelp) {
    await buildDashboard(node);
    if (!isSet('PERFWATCH_NATS_URL')) await installNatsServer();
  }
  return launch(node, args);
}

const isCalled = process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url);
if (isCalled && Number.parseInt(process.versions.node, 10) < MIN_NODE_MAJOR) {
  console.error(`PerfWatch needs Node ${MIN_NODE_MAJOR} or later, and this is ${process.version}: see https://nodejs.org/`);
  process.exitCode = 1;
} else if (isCalled) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof BootstrapError ? error.message : error);
    process.exitCode = 1;
  }
}
