import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { PerfwatchError } from '@perfwatch/contract';
import { z } from 'zod';

/** The longest that may be written, and that is taken: it shares a message with a page, and one that is not ours must not cost much. */
export const MAX_CURSOR_CHARS = 400_000;
/** The most that a cursor may unpack to. */
const MAX_CURSOR_BYTES = 8 * 1024 * 1024;

const envelopeSchema = z.object({ of: z.string(), at: z.unknown() });

/** What makes two requests parts of the same: all but the cursor. */
export function fingerprintOf(query: object): string {
  return createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 16);
}

/** Where a reply is to be gone on with, as text. Any replica can read it: it holds all there is to know. */
export function writeCursor(fingerprint: string, at: object): string {
  return deflateRawSync(JSON.stringify({ of: fingerprint, at })).toString('base64url');
}

/** What `writeCursor` was given. Throws PerfwatchError('bad_input') for anything else. */
export function readCursor<S extends z.ZodType>(cursor: string, { fingerprint, schema }: { fingerprint: string; schema: S }): z.output<S> {
  const envelope = envelopeSchema.safeParse(unpacked(cursor));
  if (!envelope.success) throw badCursor('is not one that PerfWatch gave');
  if (envelope.data.of !== fingerprint) throw badCursor('belongs to another query: all other parameters must stay as they were');
  const at = schema.safeParse(envelope.data.at);
  if (!at.success) throw badCursor('is not one that PerfWatch gave');
  return at.data;
}

function unpacked(cursor: string): unknown {
  if (cursor.length > MAX_CURSOR_CHARS) return null;
  try {
    return JSON.parse(inflateRawSync(Buffer.from(cursor, 'base64url'), { maxOutputLength: MAX_CURSOR_BYTES }).toString());
  } catch {
    // Whatever is wrong with it, it is not ours.
    return null;
  }
}

function badCursor(message: string): PerfwatchError {
  return new PerfwatchError('bad_input', `cursor ${message}`, { issues: [{ path: 'cursor', message }] });
}
