import { sampleSchema, SAMPLE_STATUSES } from '@perfwatch/contract';
import type { StoredSample } from '@perfwatch/store';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkWritten, parseSampleLine, readSampleLines, sampleLine } from './sample-lines.ts';

const SERIES = { host: 'web-1', collector: 'cpu' };
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const number = orNull(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0));

const sample: fc.Arbitrary<StoredSample> = fc.record({
  tsMs: fc.integer({ min: 0, max: 4e12 }),
  run: orNull(fc.string({ minLength: 1, maxLength: 8 })),
  seq: orNull(fc.nat()),
  intervalMs: orNull(fc.integer({ min: 1 })),
  elapsedMs: orNull(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)),
  status: orNull(fc.constantFrom(...SAMPLE_STATUSES)),
  reason: orNull(fc.oneof(fc.string(), fc.constant('a\u2028b\u2029c\u0085d'))),
  metrics: fc.record(
    { usage_percent: number, core: fc.constant({ '0': { usage_percent: 1.5 }, 'a"b': {}, '/m\u2028x': {} }) },
    { noNullPrototype: true },
  ),
});

describe('a line of the archive', () => {
  it('is a Sample as the contract has it, in one line, and reads as what was written', () => {
    fc.assert(
      fc.property(sample, (stored) => {
        const line = sampleLine(SERIES, stored);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(sampleSchema.parse(JSON.parse(line))).toMatchObject(SERIES);
        expect(parseSampleLine(line)).toEqual(stored);
      }),
    );
  });

  it('is read from a file as it was written, whatever ends lines elsewhere', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'perfwatch-lines-'));
    const path = join(directory, 'cpu.ndjson.zst');
    const odd: readonly StoredSample[] = ['a\u2028b', 'c\u2029', '\u0085', 'ä', ''].map((reason, index) => ({
      ...{ tsMs: index, run: null, seq: null, intervalMs: null, elapsedMs: null, status: 'ok', reason },
      metrics: { mount: { [`/m\u2028${index}`]: { used_percent: 1 } } },
    }));
    // Also as it was written before the two were escaped.
    const unescaped = odd.map((stored) => `${JSON.stringify(JSON.parse(sampleLine(SERIES, stored)))}\n`).join('');
    for (const text of [odd.map((stored) => sampleLine(SERIES, stored)).join(''), unescaped]) {
      writeFileSync(path, zstdCompressSync(text));
      const read: StoredSample[] = [];
      for await (const stored of readSampleLines(path)) read.push(stored);
      expect(read).toEqual(odd);
    }
    rmSync(directory, { recursive: true });
  });

  it('is missed when a file is read back in which it is not', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'perfwatch-lines-'));
    const path = join(directory, 'cpu.ndjson.zst');
    const text = 'one\ntwo\n';
    const written = { count: 2, sha256: createHash('sha256').update(text).digest('hex') };
    writeFileSync(path, zstdCompressSync(text));
    await expect(checkWritten(path, written)).resolves.toBeUndefined();
    for (const other of ['one\n', 'one\ntwi\n', 'one\ntwo\nthree\n', '']) {
      writeFileSync(path, zstdCompressSync(other));
      await expect(checkWritten(path, written)).rejects.toThrow(/is not what was written/);
    }
    writeFileSync(path, zstdCompressSync(text).subarray(0, -3));
    await expect(checkWritten(path, written)).rejects.toMatchObject({ code: 'internal' });
    rmSync(directory, { recursive: true });
  });
});
