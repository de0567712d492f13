import { expect, it } from 'vitest';
import { runSoak } from './soak-run.ts';
import { faultsOf, soakTable, totalsOf } from './soak-table.ts';

const DURATION_MS = 45_000;
const TIMEOUT_MS = 240_000;

it(
  'loses and doubles nothing while nats-server, PostgreSQL, persistence, retention and the server process are killed',
  async () => {
    const seed = Date.now() % 1_000_000;
    const pace = { pauseMs: [500, 2500], awayMs: [0, 2500] } as const;
    const lines: string[] = [];
    const report = await runSoak({ durationMs: DURATION_MS, seed, pace, lateHours: 8, sealingMs: 0, report: (line) => lines.push(line) });
    const told = [...lines, soakTable(report)].join('\n');
    expect(faultsOf(report), told).toEqual([]);
    expect(report.dropped.steady, told).toBe(0);
    for (const [name, count] of report.kills) expect(count, `${name}\n${told}`).toBeGreaterThan(1);
    // Everything was under way: hours were sealed and their partitions dropped, and Samples came for them again.
    expect(totalsOf(report.steady).stored, told).toBeGreaterThan(5000);
    expect(report.hoursDropped, told).toBeGreaterThan(0);
    expect(report.rollUps.compared, told).toBeGreaterThan(1000);
  },
  TIMEOUT_MS,
);
