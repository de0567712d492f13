import { describeIssues, issuesOf, issueWords, parseSubject, sampleSchema, timeFault, type Sample } from '@perfwatch/contract';
import type { z } from 'zod';

/** Longest message anyone may send: the default of nats-server. */
export const MAX_MESSAGE_BYTES = 1_048_576;

export type Decoded<T> = { ok: true; value: T } | { ok: false; reason: string };

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(payload: Uint8Array): Decoded<unknown> {
  if (payload.byteLength > MAX_MESSAGE_BYTES)
    return { ok: false, reason: `${payload.byteLength} bytes; at most ${MAX_MESSAGE_BYTES} are taken` };
  try {
    return { ok: true, value: JSON.parse(utf8.decode(payload)) };
  } catch (error) {
    return { ok: false, reason: `not JSON in UTF-8: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** A message's JSON when it fits `schema`; otherwise why not, in one line. Never throws. */
export function decodeMessage<S extends z.ZodType>(payload: Uint8Array, schema: S): Decoded<z.output<S>> {
  const json = parseJson(payload);
  if (!json.ok) return json;
  const parsed = schema.safeParse(json.value, { error: issueWords });
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, reason: describeIssues(issuesOf(parsed.error)) };
}

/** A Sample as it came on `subject`, whose host and collector it must name, of a time that is kept. Never throws. */
export function decodeSample(subject: string, payload: Uint8Array, nowMs: number): Decoded<Sample> {
  const parts = parseSubject(subject);
  if (parts?.kind !== 'metrics') return { ok: false, reason: 'not a subject of Samples: perfwatch.v1.metrics.<host>.<collector>' };
  const decoded = decodeMessage(payload, sampleSchema);
  if (!decoded.ok) return decoded;
  const { host, collector, ts } = decoded.value;
  if (host !== parts.host || collector !== parts.collector) {
    return { ok: false, reason: `names host "${host}" and collector "${collector}", which are not those of its subject` };
  }
  const reason = timeFault(ts, nowMs);
  return reason === null ? decoded : { ok: false, reason };
}
