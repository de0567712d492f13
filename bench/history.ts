import { daysBefore, BENCH_HOST, HistoryFill, measureStorage } from './history-storage.ts';
import { measureIngestionAndSealing } from './history-ingestion.ts';
import { measureCompare, measureHistoryQueries } from './history-queries.ts';
import { HistorySystem } from './history-system.ts';
import { COLLECTORS, readRecording, recordCollectors, type Recording } from './recording.ts';
import type { Figure } from './table.ts';

const HOUR_MS = 3_600_000;
const SECOND_MS = 1000;
/** Days further back have a Sample every ten seconds: two weeks of every collector, a month of cpu. */
const OLDER = { stepMs: 10 * SECOND_MS, everyDays: 14, cpuDays: 30, partMs: 12 * HOUR_MS };
/** A month of raw Samples is accepted and kept. */
const POLICY = { downsample_after_days: 40, retention_days: 60 };

export interface HistoryOptions {
  /** Of every collector at one second. */
  days: number;
  /** Whose hour is sealed. */
  hosts: number;
  recordSeconds: number;
  /** A recording made before, as NDJSON; null: a new one. */
  recordingFile: string | null;
}

interface Filling {
  recording: Recording;
  days: number;
  /** What it was doing while it was recorded. */
  machine: string;
}

/** What days of every collector take on disk; `further` is measured in the same database. */
async function measureFilled(
  { recording, days, machine }: Filling,
  further: (system: HistorySystem, fill: HistoryFill) => Promise<Figure[]>,
): Promise<Figure[]> {
  const system = await HistorySystem.start();
  try {
    await system.untilUp('history', 'settings', 'auth');
    system.run('retention');
    await system.untilUp('retention');
    await system.api.request('/api/retention', { method: 'PUT', body: POLICY });
    system.run('persistence');
    await system.untilUp('persistence');
    const fill = await HistoryFill.open(system, recording);
    const toMs = Math.floor(Date.now() / SECOND_MS) * SECOND_MS;
    const fromMs = daysBefore(toMs, days);
    const hotMs = Math.floor(toMs / HOUR_MS) * HOUR_MS;
    const every = { collectors: COLLECTORS, stepMs: SECOND_MS };
    await fill.fill({ ...every, fromMs, toMs: hotMs }, HOUR_MS);
    const closedNumbers = fill.numberCount;
    await fill.fill({ ...every, fromMs: hotMs, toMs }, HOUR_MS);
    await fill.sealed();
    const numbers = fill.numberCount;
    const storage = await measureStorage(system, { numbers, hotNumbers: numbers - closedNumbers, days, machine });
    return [storage, ...(await further(system, fill))];
  } finally {
    await system.stop();
  }
}

/** Asks for a month, of which most is made now. */
async function measureQueries(system: HistorySystem, fill: HistoryFill, days: number): Promise<Figure[]> {
  const toMs = Math.floor(Date.now() / SECOND_MS) * SECOND_MS;
  const fromMs = daysBefore(toMs, days);
  await fill.fill(
    { ...OLDER, collectors: ['cpu'], fromMs: daysBefore(toMs, OLDER.cpuDays), toMs: daysBefore(toMs, OLDER.everyDays) },
    OLDER.partMs,
  );
  await fill.fill({ ...OLDER, collectors: COLLECTORS, fromMs: daysBefore(toMs, OLDER.everyDays), toMs: fromMs }, OLDER.partMs);
  await fill.sealed();
  await fill.close();
  await system.end('persistence');
  const queries = await measureHistoryQueries(system.api, BENCH_HOST);
  return [...queries, await measureCompare(system.api, BENCH_HOST)];
}

/** What history costs on disk, to write, to seal and to ask. All data comes through the public subjects. */
export async function measureHistory({ days, hosts, recordSeconds, recordingFile }: HistoryOptions): Promise<Figure[]> {
  const underLoad = recordingFile === null ? await recordCollectors(recordSeconds, { isAtRest: false }) : readRecording(recordingFile);
  const atRest = await recordCollectors(recordSeconds, { isAtRest: true });
  const nothing = (_: HistorySystem, fill: HistoryFill) => fill.close().then(() => []);
  return [
    ...(await measureFilled({ recording: atRest, days, machine: 'at rest' }, nothing)),
    ...(await measureFilled({ recording: underLoad, days, machine: 'under changing load' }, (system, fill) =>
      measureQueries(system, fill, days),
    )),
    ...(await measureIngestionAndSealing(underLoad, hosts)),
  ];
}
