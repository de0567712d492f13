import { setTimeout as delay } from 'node:timers/promises';
import type { Sample } from '@perfwatch/contract';
import type { BusLog } from '../src/log.ts';

const START_MS = Math.floor(Date.now() / 1000) * 1000 - 60_000;

/** The Sample that the collector `cpu` of `host` sends at its tick number `seq`. */
export function sampleAt(seq: number, host = 'web-1'): Sample {
  const ts = new Date(START_MS + seq * 1000).toISOString();
  return {
    host,
    collector: 'cpu',
    ts,
    run: 'r1',
    seq,
    interval_ms: 1000,
    elapsed_ms: 1000,
    status: 'ok',
    reason: null,
    metrics: { load_1m: seq },
  };
}

export interface LogLine {
  level: 'info' | 'warn' | 'error';
  fields: object;
  message: string;
}

/** A log that can be looked at. */
export function recordingLog(): BusLog & { lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (fields: object, message: string) => void lines.push({ level, fields, message });
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}

/** Waits for as long as a busy machine may need; what never comes true is an error. */
export async function until(isTrue: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + 40_000;
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error(`never happened: ${what}`);
    await delay(5);
  }
}
