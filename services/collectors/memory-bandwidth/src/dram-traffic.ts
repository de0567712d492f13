import type { Direction } from './dram-events.ts';
import type { Lacking } from './declaration.ts';

/** Bytes per second since the previous tick; null where they are not known. */
export type Traffic = Readonly<Record<Direction, number | null>>;

export const UNKNOWN_TRAFFIC: Traffic = { read: null, write: null, total: null };

/** A way to measure what a machine reads from and writes to memory. */
export interface DramTraffic {
  /** What of `Traffic` it never knows, and why. */
  readonly lacking: Lacking;
  /** Where each metric comes from. */
  readonly sources: Readonly<Record<string, string>>;
  /** Why the last tick knew less than it should, in one line; null when it did not. */
  readonly fault: string | null;
  read(elapsedMs: number | null): Traffic;
  /** Looks for counters that came or went. */
  discover(): void;
  close(): void;
}

export const TRAFFIC_METRICS = {
  read: 'dram_read_bytes_per_sec',
  write: 'dram_write_bytes_per_sec',
  total: 'dram_total_bytes_per_sec',
} as const satisfies Record<Direction, string>;

/** The same reason for everything that `directions` name. */
export function lackingOf(directions: readonly Direction[], reason: string): Lacking {
  return Object.fromEntries(directions.map((direction) => [TRAFFIC_METRICS[direction], reason]));
}
