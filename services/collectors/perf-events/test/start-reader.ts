import { defaultPerfEvents, type PerfEventsConfig } from '@perfwatch/contract';
import type { PerfKernel } from '@perfwatch/perf-event';
import type { HostFs } from '@perfwatch/procfs';
import { onTestFinished } from 'vitest';
import { PerfEventsReader } from '../src/perf-events-reader.ts';

export const FIRST = { elapsedMs: null };
export const NEXT = { elapsedMs: 1000 };
export const MINUTE = { elapsedMs: 60_000 };

/** What of the reader a test wants otherwise. */
export interface ReaderOptions {
  readonly settings?: Partial<PerfEventsConfig>;
  readonly nowMs?: () => number;
}

/** A reader that counts everything on a machine, until the test ends. Settings may be changed; they are new ones at each tick, as a service's are. */
export function startReader<Machine extends { fs: HostFs; kernel: PerfKernel }>(machine: Machine, own: ReaderOptions) {
  const { fs, kernel } = machine;
  const settings = { ...defaultPerfEvents(), ...own.settings };
  const counting = { kernel, fs, nowMs: own.nowMs ?? (() => 0), program: '/usr/bin/node' };
  const reader = new PerfEventsReader({ ...counting, settings: () => ({ ...settings }) });
  onTestFinished(() => reader.close());
  return { ...machine, reader, settings };
}
