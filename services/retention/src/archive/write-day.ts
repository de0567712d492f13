import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { RawSegment, type Store, type StoredSample } from '@perfwatch/store';
import type { RawDay, SegmentVersion } from '../expiry/raw-days.ts';
import { iso } from '../series.ts';
import { ARCHIVE_FILE_MODE, archivedFilePath, type ArchivedFile } from './archive-files.ts';
import { fileBytes, writeNewVersion } from './durable-files.ts';
import { checkWritten, readSampleLines, sampleLine, type LinesWritten } from './sample-lines.ts';

/** Lines are gathered to chunks of about this many characters: one turn of the event loop each. */
const CHUNK_CHARACTERS = 64 * 1024;

/** The `YYYY-MM-DD` of a day's start. */
export const dayName = (dayMs: number): string => iso(dayMs).slice(0, 10);

/** What was written, and from which segments. */
export interface WrittenDay {
  file: ArchivedFile;
  /** Samples that the file did not hold before. */
  addedSamples: number;
  segments: readonly SegmentVersion[];
}

/**
 * Writes the next version of one collector's archive file of a day, united with what that file holds already: raw Samples of a day may
 * expire more than once, after a restore or a crash. On disk, and read back, when it resolves; the file keeps its name until then and after.
 * Throws PerfwatchError('internal') when a segment or what the file holds cannot be read.
 */
export function writeArchiveFile(
  store: Store,
  { dataDir, day, segments, signal }: { dataDir: string; day: RawDay; segments: readonly SegmentVersion[]; signal: AbortSignal },
): Promise<WrittenDay> {
  const path = archivedFilePath(dataDir, dayName(day.dayMs), day);
  return writeNewVersion(path, async (newVersion) => {
    const stored = segmentSamples(store, day, segments);
    const kept = (await fileBytes(path)) === null ? null : new CountedSamples(readSampleLines(path));
    const samples = kept === null ? stored : union(kept.all(), stored);
    const lines = new SampleLines(day);
    const hash = createHash('sha256');
    let bytes = 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.length;
        done(null, chunk);
      },
    });
    const target = createWriteStream(newVersion, { mode: ARCHIVE_FILE_MODE, flush: true });
    await pipeline(Readable.from(lines.chunks(samples), { highWaterMark: 1 }), createZstdCompress(), count, target, { signal });
    await checkWritten(newVersion, lines.written());
    const { host, collector } = day;
    const file = { host, collector, samples: lines.count, bytes, first: lines.first, last: lines.last, sha256: hash.digest('hex') };
    return { file, addedSamples: lines.count - (kept?.count ?? 0), segments };
  });
}

/** Samples as text, and what a manifest says of them. */
class SampleLines {
  readonly #day: RawDay;
  readonly #hash = createHash('sha256');
  count = 0;
  #firstMs: number;
  #lastMs: number;

  constructor(day: RawDay) {
    this.#day = day;
    this.#firstMs = this.#lastMs = day.dayMs;
  }

  get first(): string {
    return iso(this.#firstMs);
  }

  get last(): string {
    return iso(this.#lastMs);
  }

  /** Once all chunks are taken. */
  written(): LinesWritten {
    return { count: this.count, sha256: this.#hash.digest('hex') };
  }

  async *chunks(samples: AsyncIterable<StoredSample>): AsyncGenerator<string> {
    let chunk = '';
    for await (const sample of samples) {
      if (this.count === 0) this.#firstMs = sample.tsMs;
      this.#lastMs = sample.tsMs;
      this.count += 1;
      chunk += sampleLine(this.#day, sample);
      if (chunk.length < CHUNK_CHARACTERS) continue;
      this.#hash.update(chunk);
      yield chunk;
      chunk = '';
    }
    this.#hash.update(chunk);
    if (chunk !== '') yield chunk;
  }
}

/** Samples, counted as they are taken. */
class CountedSamples {
  readonly #samples: AsyncGenerator<StoredSample>;
  count = 0;

  constructor(samples: AsyncGenerator<StoredSample>) {
    this.#samples = samples;
  }

  async *all(): AsyncGenerator<StoredSample> {
    for await (const sample of this.#samples) {
      this.count += 1;
      yield sample;
    }
  }
}

async function* segmentSamples(
  store: Store,
  { host, collector }: RawDay,
  segments: readonly SegmentVersion[],
): AsyncGenerator<StoredSample> {
  for (const { startMs } of segments) {
    const [row] = await store.query<{ data: Buffer }>('SELECT data FROM raw_segment WHERE host = $1 AND collector = $2 AND start_ts = $3', [
      host,
      collector,
      iso(startMs),
    ]);
    // Written anew meanwhile: whoever deletes notices that, and the day is archived again.
    if (row === undefined) continue;
    const segment = RawSegment.open(row.data);
    for (let index = 0; index < segment.times.length; index += 1) yield segment.sampleAt(index);
  }
}

/** Both in the order of time; of two of the same tick the one of `kept`. */
async function* union(kept: AsyncGenerator<StoredSample>, added: AsyncGenerator<StoredSample>): AsyncGenerator<StoredSample> {
  try {
    let [left, right] = [await kept.next(), await added.next()];
    while (left.done !== true || right.done !== true) {
      if (right.done === true || (left.done !== true && left.value.tsMs <= right.value.tsMs)) {
        if (left.done === true) return;
        const { tsMs } = left.value;
        yield left.value;
        if (right.done !== true && right.value.tsMs === tsMs) right = await added.next();
        left = await kept.next();
      } else {
        yield right.value;
        right = await added.next();
      }
    }
  } finally {
    await kept.return(undefined);
    await added.return(undefined);
  }
}
