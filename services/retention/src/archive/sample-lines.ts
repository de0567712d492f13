import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { PassThrough } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { PerfwatchError, sampleSchema } from '@perfwatch/contract';
import type { StoredSample } from '@perfwatch/store';
import { iso, type Series } from '../series.ts';
import { reasonOf } from './durable-files.ts';

/** The Sample as it came over the bus, in one line of JSON with its end. */
export function sampleLine({ host, collector }: Series, sample: StoredSample): string {
  const { tsMs, run, seq, intervalMs, elapsedMs, status, reason, metrics } = sample;
  const fields = {
    host,
    collector,
    ts: iso(tsMs),
    ...(run === null ? {} : { run }),
    ...(seq === null ? {} : { seq }),
    ...(intervalMs === null ? {} : { interval_ms: intervalMs }),
    elapsed_ms: elapsedMs,
    ...(status === null ? {} : { status }),
    reason,
    metrics,
  };
  // Whoever splits lines as Unicode does, as Node's readline, would split there too.
  return `${JSON.stringify(fields).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`;
}

/** The Sample of a line. Throws what JSON and the contract's schema throw. */
export function parseSampleLine(line: string): StoredSample {
  const { ts, run, seq, interval_ms, elapsed_ms, status, reason, metrics } = sampleSchema.parse(JSON.parse(line));
  return {
    tsMs: Date.parse(ts),
    run: run ?? null,
    seq: seq ?? null,
    intervalMs: interval_ms ?? null,
    elapsedMs: elapsed_ms ?? null,
    status: status ?? null,
    reason: reason ?? null,
    metrics,
  };
}

/** Lines of a text, ended by line feeds and by nothing else. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

/** Samples of an archived file, in the order of time. Throws PerfwatchError('internal') when it is damaged. */
export function readSampleLines(path: string): AsyncGenerator<StoredSample> {
  return readLines(path, parseSampleLine);
}

/** Lines of a file, and the SHA-256 of their text. */
export interface LinesWritten {
  count: number;
  sha256: string;
}

/** Reads a file back. Throws PerfwatchError('internal') when it is not what was written: the disk or its driver lost something. */
export async function checkWritten(path: string, { count, sha256 }: LinesWritten): Promise<void> {
  const hash = createHash('sha256');
  let found = 0;
  for await (const line of readLines(path, (text) => text)) {
    hash.update(line).update('\n');
    found += 1;
  }
  if (found === count && hash.digest('hex') === sha256) return;
  throw new PerfwatchError('internal', `${path} is not what was written: ${found} lines of ${count}`, {
    hint: 'Check the disk of the data directory.',
  });
}

async function* readLines<T>(path: string, parse: (line: string) => T): AsyncGenerator<T> {
  const text = new PassThrough();
  const read = pipeline(createReadStream(path), createZstdDecompress(), text);
  // Whoever reads the lines sees the same error.
  read.catch(() => undefined);
  let number = 0;
  try {
    for await (const line of linesOf(text)) {
      number += 1;
      yield parse(line);
    }
    await read;
  } catch (error) {
    throw new PerfwatchError('internal', `${path} cannot be read after line ${number}: ${reasonOf(error)}`, {
      hint: 'Restore it from a backup, or move it out of the way.',
      cause: error,
    });
  } finally {
    text.destroy();
  }
}
