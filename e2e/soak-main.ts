// `npm run soak`: half an hour of kills, or as long as `-- --minutes N`, then 100,000 hostile messages of each kind, or `--messages N`; 0 leaves one
// of the two out. `--seed N` repeats the moments and the messages of another run. Exit code 1 on any loss, crash or growth.
import { parseArgs } from 'node:util';
import { FUZZ_ENV, fuzzLine, runFuzz } from './fuzz/run-fuzz.ts';
import { startSystem } from './running-system.ts';
import { runSoak } from './soak-run.ts';
import { faultsOf, soakTable } from './soak-table.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, messages: { type: 'string', default: '100000' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes);
const messages = Number(values.messages);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!(minutes >= 0) || !(messages >= 0) || !Number.isInteger(messages) || !Number.isInteger(seed)) {
  console.error('--minutes takes a number of minutes, --messages and --seed a whole number');
  process.exit(1);
}
const say = (line: string): void => console.log(line);

async function kills(): Promise<string[]> {
  /** An hour has ticks for so many turns, and comes again when its partition has been dropped. */
  const lateHours = Math.max(30, Math.ceil(minutes));
  const report = await runSoak({
    ...{ durationMs: minutes * 60_000, seed, lateHours, sealingMs: 180_000 },
    pace: { pauseMs: [2000, 15_000], awayMs: [0, 8000] },
    report: say,
  });
  say(soakTable(report));
  return [...faultsOf(report), ...(report.unsealed > 0 ? [`${report.unsealed} closed hours are not sealed`] : [])];
}

async function hostileMessages(): Promise<string[]> {
  const system = await startSystem({ env: FUZZ_ENV });
  try {
    say(`seed ${seed}: ${messages} hostile messages of each kind`);
    const report = await runFuzz({ system, seed, count: messages, report: say });
    say(fuzzLine(report));
    return report.faults;
  } finally {
    await system.stop();
    system.remove();
  }
}

const faults = [...(minutes > 0 ? await kills() : []), ...(messages > 0 ? await hostileMessages() : [])];
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
