import type { SeriesAccount } from './soak-account.ts';
import type { SoakReport } from './soak-run.ts';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Samples of some series together. */
export function totalsOf(accounts: readonly SeriesAccount[]) {
  const runs = accounts.flatMap((account) => account.runs);
  return {
    asked: sum(runs.map(({ asked }) => asked)),
    stored: sum(runs.map(({ stored }) => stored)),
    lost: sum(runs.map(({ lost }) => lost)),
    doubled: sum(accounts.map(({ doubled }) => doubled)),
    wrong: sum(accounts.map(({ wrong }) => wrong)),
  };
}

/** What is wrong, in words; empty when nothing was lost, doubled or changed. */
export function faultsOf(report: SoakReport): string[] {
  const steady = totalsOf(report.steady);
  const impatient = totalsOf(report.impatient);
  const { rollUps, shownWrongly, dropped } = report;
  return [
    steady.lost > dropped.steady ? `${steady.lost} Samples lost, ${dropped.steady} counted as dropped` : null,
    impatient.lost > dropped.impatient ? `${impatient.lost} Samples of the impatient lost, ${dropped.impatient} counted as dropped` : null,
    steady.doubled + impatient.doubled > 0 ? `${steady.doubled + impatient.doubled} Samples stored twice` : null,
    steady.wrong + impatient.wrong > 0 ? `${steady.wrong + impatient.wrong} Samples stored otherwise than they were published` : null,
    rollUps.differences.length > 0
      ? `${rollUps.differences.length} figures of roll-ups differ: ${rollUps.differences.slice(0, 3).join('; ')}`
      : null,
    shownWrongly.length > 0 ? `the API does not show all Samples of ${shownWrongly.join(', ')}` : null,
    ...report.endedByThemselves,
  ].filter((fault) => fault !== null);
}

/** For the terminal: a line per run, then the sums. */
export function soakTable(report: SoakReport): string {
  const { kills, dropped, rollUps, duplicates, hoursDropped } = report;
  const accounts = [...report.steady, ...report.impatient];
  const runs = accounts.flatMap((account) => account.runs);
  const { asked, stored, lost, doubled, wrong } = totalsOf(accounts);
  return [
    '| host | collector | run | published | stored | lost |',
    '|---|---|---|---|---|---|',
    ...runs.map(({ series, run, ...of }) => `| ${series.host} | ${series.collector} | ${run} | ${of.asked} | ${of.stored} | ${of.lost} |`),
    `| all | | | ${asked} | ${stored} | ${lost} |`,
    '',
    `killed: ${[...kills].map(([name, count]) => `${name} ${count}`).join(', ')}`,
    `doubled ${doubled}, wrong ${wrong}; sent twice ${duplicates}; dropped by queues ${dropped.steady}, by the impatient one ${dropped.impatient}`,
    `hours in segments alone ${hoursDropped}, not merged yet ${report.unsealed}; figures of roll-ups compared ${rollUps.compared}, different ${rollUps.differences.length}`,
  ].join('\n');
}
