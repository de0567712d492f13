// `npm run bench`: everything but the slow parts. `npm run bench -- ticks passwords live cost start dashboard` picks parts;
// `heap` takes ten minutes, `growth` half an hour, `clone` a fresh clone and `history` a quarter of an hour, so these run only when they are named.
// So does `watching`: the live page at ten ticks a second for `--minutes N` (10), and one of a host with 128 CPUs.
// `history` takes `--days N` (of Samples every second, 1), `--hosts N` (whose hour is sealed, 20), `--record-seconds N` (180) or `--recording FILE`.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { V8_OPTIONS } from '@perfwatch/launcher';
import { launchBrowser } from '../e2e/browser.ts';
import { startSystem } from '../e2e/running-system.ts';
import { measureClone } from './clone.ts';
import { measureCost } from './cost.ts';
import { measureDashboardCost } from './dashboard-cost.ts';
import { measureFirstLoad } from './dashboard-size.ts';
import { measureWatching } from './dashboard-watching.ts';
import { measureGrowth } from './growth.ts';
import { measureHeap } from './heap.ts';
import { measureHistory } from './history.ts';
import { measureLive } from './live.ts';
import { measurePasswordHash } from './password-hash.ts';
import { markdownTable, type Figure } from './table.ts';

const USUAL = ['ticks', 'passwords', 'start', 'cost', 'live', 'dashboard'];
const SLOW = ['heap', 'growth', 'clone', 'history', 'watching'];
const NEED_RUNNING = ['start', 'cost', 'live', 'dashboard', 'heap'];
const WARM_START_BOUND_MS = 5000;

const { values: options, positionals: named } = parseArgs({
  allowPositionals: true,
  options: {
    readme: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '10' },
    days: { type: 'string', default: '1' },
    hosts: { type: 'string', default: '20' },
    'record-seconds': { type: 'string', default: '180' },
    recording: { type: 'string' },
  },
});
const unknown = named.filter((part) => ![...USUAL, ...SLOW].includes(part));
if (unknown.length > 0) {
  console.error(`No such benchmark: ${unknown.join(', ')}. There are ${[...USUAL, ...SLOW].join(', ')}.`);
  process.exit(1);
}
const parts = new Set(named.length > 0 ? named : USUAL);
const figures: Figure[] = [];

/** What a tick of all collectors costs, here and on a large machine, and what reading a group of counters does. */
function measureTicks(): Figure[] {
  const args = ['--disable-warning=ExperimentalWarning', ...V8_OPTIONS.collectors, path.join(import.meta.dirname, 'ticks.ts')];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Figure[];
}

/** The parts that one running PerfWatch serves together. */
async function measureRunning(): Promise<void> {
  const first = await startSystem();
  await first.stop();
  const system = await startSystem({ dataDir: first.dataDir });
  const browser = await launchBrowser();
  try {
    if (parts.has('start')) {
      const measured = `${(system.readyMs / 1000).toFixed(1)} s (first start ${(first.readyMs / 1000).toFixed(1)} s)`;
      figures.push({ name: 'warm start to ready', measured, target: 'under 5 s', holds: system.readyMs < WARM_START_BOUND_MS });
    }
    if (parts.has('cost')) figures.push(...(await measureCost(system)));
    if (parts.has('dashboard'))
      figures.push(...(await measureFirstLoad(system, browser)), ...(await measureDashboardCost(system, browser)));
    if (parts.has('heap')) figures.push(...(await measureHeap(system, browser)));
    // Last: it makes a second host.
    if (parts.has('live')) figures.push(...(await measureLive(system)));
  } finally {
    await browser.close();
    await system.stop();
    first.remove();
  }
}

if (parts.has('ticks')) figures.push(...measureTicks());
if (parts.has('passwords')) figures.push(...(await measurePasswordHash()));
if (NEED_RUNNING.some((part) => parts.has(part))) await measureRunning();
if (parts.has('history')) {
  const { days, hosts, 'record-seconds': seconds, recording: recordingFile = null } = options;
  const history = { days: Number(days), hosts: Number(hosts), recordSeconds: Number(seconds), recordingFile };
  figures.push(...(await measureHistory(history)));
}
if (parts.has('watching')) figures.push(...(await measureWatching(Number(options.minutes))));
if (parts.has('growth')) figures.push(...(await measureGrowth()));
if (parts.has('clone')) figures.push(...(await measureClone()));

const table = markdownTable(figures);
console.log(table);
if (options.readme) {
  const readme = path.resolve(import.meta.dirname, '../README.md');
  const text = readFileSync(readme, 'utf8');
  writeFileSync(readme, text.replace(/(<!-- bench -->\n)[^]*(<!-- \/bench -->)/, `$1\n${table}\n\n$2`));
}
