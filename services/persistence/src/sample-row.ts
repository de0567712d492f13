import { decodeSample, type StoredMessage } from '@perfwatch/bus';
import type { Metrics } from '@perfwatch/contract';

/** A row of the table `sample`. `ts` is in UTC; what the Sample left out is null. */
export interface SampleRow {
  host: string;
  collector: string;
  ts: string;
  run: string | null;
  seq: number | null;
  interval_ms: number | null;
  elapsed_ms: number | null;
  status: string | null;
  reason: string | null;
  metrics: Metrics;
}

/** A message with the row it holds. */
export interface Incoming {
  message: StoredMessage;
  row: SampleRow;
  tsMs: number;
  /** The message says `ts` just as the row does. */
  isCanonical: boolean;
}

/** A message that cannot be stored, and why in one line. */
export interface Refusal {
  subject: string;
  payload: Uint8Array;
  reason: string;
}

export interface AcceptedTimes {
  nowMs: number;
  /** Older ones are not stored. */
  acceptedFromMs: number;
}

/** The row that a message holds, or why there is none. Never throws. */
export function readSample(message: StoredMessage, { nowMs, acceptedFromMs }: AcceptedTimes): Incoming | Refusal {
  const { subject, payload } = message;
  const decoded = decodeSample(subject, payload, nowMs);
  if (!decoded.ok) return { subject, payload, reason: decoded.reason };
  const sample = decoded.value;
  const tsMs = Date.parse(sample.ts);
  if (tsMs < acceptedFromMs) {
    const reason = `ts ${sample.ts} is too old: Samples are taken from ${new Date(acceptedFromMs).toISOString()} on`;
    return { subject, payload, reason };
  }
  const row: SampleRow = {
    host: sample.host,
    collector: sample.collector,
    ts: new Date(tsMs).toISOString(),
    run: sample.run ?? null,
    seq: sample.seq ?? null,
    interval_ms: sample.interval_ms ?? null,
    elapsed_ms: sample.elapsed_ms ?? null,
    status: sample.status ?? null,
    reason: sample.reason ?? null,
    metrics: sample.metrics,
  };
  return { message, row, tsMs, isCanonical: row.ts === sample.ts };
}
