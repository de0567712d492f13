import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openBus } from '@perfwatch/bus';
import { catalogSchema, sampleSchema, subjects, type Catalog, type Sample } from '@perfwatch/contract';
import { createLogger } from '@perfwatch/service-kit';
import { LaunchedPerfwatch, startTestNats } from '@perfwatch/testing';

export const COLLECTORS = ['cpu', 'memory', 'network', 'disk', 'perf-events', 'memory-bandwidth', 'pressure'];
const LOADS = 2;
/** Rates are not known at first, and catalogs come within a second. */
const WARM_UP_MS = 5000;

/** What the collectors of this repository said on this machine. */
export interface Recording {
  /** By collector: Samples of one second after another. */
  samples: ReadonlyMap<string, readonly Sample[]>;
  catalogs: ReadonlyMap<string, Catalog>;
}

/** Where nothing stores them, Samples are published again and again: each counts once. */
function recordingOf(samples: readonly Sample[], catalogs: readonly Catalog[]): Recording {
  const distinct = new Map(samples.map((sample) => [`${sample.collector} ${sample.ts}`, sample]));
  const inOrder = [...distinct.values()].sort((a, b) => Date.parse(a.ts) - Date.parse(b.ts));
  return {
    samples: Map.groupBy(inOrder, ({ collector }) => collector),
    catalogs: new Map(catalogs.map((catalog) => [catalog.collector, catalog])),
  };
}

/** Runs all collectors once a second while this machine does a little of everything, or nothing else at all. */
export async function recordCollectors(seconds: number, { isAtRest }: { isAtRest: boolean }): Promise<Recording> {
  const nats = await startTestNats();
  const log = createLogger({ level: 'fatal', name: 'bench', pretty: false });
  const bus = openBus({ servers: nats.url, name: 'bench', log });
  await bus.connected(10_000);
  const samples: Sample[] = [];
  const catalogs: Catalog[] = [];
  bus.subscribeSamples(subjects.allMetrics, (sample) => samples.push(sample));
  bus.subscribe(subjects.catalog('*', '*'), catalogSchema, (catalog) => catalogs.push(catalog));
  const collectors = new LaunchedPerfwatch({ args: ['run', ...COLLECTORS], env: { PERFWATCH_NATS_URL: nats.url } });
  const program = path.join(import.meta.dirname, 'changing-load.ts');
  const loads = Array.from({ length: isAtRest ? 0 : LOADS }, (_, index) =>
    spawn(process.execPath, [program, path.join(os.tmpdir(), `perfwatch-load-${process.pid}-${index}`)], { stdio: 'ignore' }),
  );
  await collectors.waitFor('Samples', () => samples.length >= COLLECTORS.length);
  await delay(WARM_UP_MS);
  samples.length = 0;
  await delay(seconds * 1000);
  for (const load of loads) load.kill('SIGTERM');
  await collectors.stop();
  await bus.close(0);
  await nats.dispose();
  return recordingOf(samples, catalogs);
}

/** A recording kept as NDJSON: Samples and Catalogs as they were on their subjects, in any order of collectors. */
export function readRecording(file: string): Recording {
  const messages = readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line): unknown => JSON.parse(line));
  const samples = messages.flatMap((message) => sampleSchema.safeParse(message).data ?? []);
  const catalogs = messages.flatMap((message) => catalogSchema.safeParse(message).data ?? []);
  return recordingOf(samples, catalogs);
}
