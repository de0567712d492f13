// `npm run soak`: half an hour of kills, or as long as `-- --minutes N`; `--seed N` repeats the moments of another run. Exit code 1 on any loss.
import { parseArgs } from 'node:util';
import { runSoak } from './soak-run.ts';
import { faultsOf, soakTable } from './soak-table.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('--minutes takes a number of minutes, --seed a whole number');
  process.exit(1);
}
/** An hour has ticks for so many turns, and comes again when its partition has been dropped. */
const lateHours = Math.max(30, Math.ceil(minutes));
const report = await runSoak({
  ...{ durationMs: minutes * 60_000, seed, lateHours, sealingMs: 180_000 },
  pace: { pauseMs: [2000, 15_000], awayMs: [0, 8000] },
  report: (line) => console.log(line),
});
console.log(soakTable(report));
const faults = faultsOf(report);
if (report.unsealed > 0) faults.push(`${report.unsealed} closed hours are not sealed`);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
