import { PerfUnsupportedError, openPerfKernel, type PerfKernel } from '@perfwatch/perf-event';
import { defineCollector, type CollectorDefinition, type CollectorReader, type CollectorReading } from '@perfwatch/service-kit';
import { DIMENSIONS, METRICS, type PerfEventMetrics } from './declaration.ts';
import { PerfEventsReader } from './perf-events-reader.ts';

/** On systems whose kernel this program cannot ask. */
function unsupportedReader(reason: string): CollectorReader<CollectorReading<PerfEventMetrics>> {
  const paths = [...Object.keys(METRICS), ...Object.keys(DIMENSIONS)];
  const unavailable = Object.fromEntries(paths.map((path) => [path, reason]));
  return { read: () => ({ metrics: {}, status: 'unavailable', reason, unavailable }) };
}

/** What the collector counts with. */
export interface Counting {
  /** Called each time it starts. */
  readonly openKernel: () => PerfKernel;
  /** The clock that says when opening counters takes too long for one tick; the monotonic one when left out. */
  readonly nowMs?: () => number;
  /** Path of the program that a person may give the right to count; the one that this process runs when left out. */
  readonly program?: string;
}

/** The collector over counters of the caller's choice. */
export function perfEventsCollectorWith({
  openKernel,
  nowMs = () => performance.now(),
  program = process.execPath,
}: Counting): CollectorDefinition {
  return defineCollector({
    name: 'perf-events',
    title: 'Performance events',
    help: 'What the processors count of their own work: instructions, cycles, caches, and the events that the kernel counts itself',
    metrics: METRICS,
    dimensions: DIMENSIONS,
    open: (sources): CollectorReader<CollectorReading<PerfEventMetrics>> => {
      try {
        return new PerfEventsReader({
          kernel: openKernel(),
          fs: sources.fs,
          nowMs,
          program,
          settings: () => sources.settings().perf_events,
        });
      } catch (error) {
        if (error instanceof PerfUnsupportedError) return unsupportedReader(error.message);
        throw error;
      }
    },
  });
}

/** Hardware and software events, counted system-wide with perf_event_open(2), and power. */
export const perfEventsCollector = perfEventsCollectorWith({ openKernel: openPerfKernel });
