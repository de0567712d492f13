import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fromFrame, toFrame } from './frame.ts';
import { RawSegmentBuilder } from './raw-segment-builder.ts';
import { RawSegment } from './raw-segment.ts';
import { RollUpBuilder } from './roll-up-builder.ts';
import { RollUp } from './roll-up.ts';
import { SegmentError } from './segment-error.ts';

const raw = new RawSegmentBuilder();
const minutes = new RollUpBuilder(60_000);
for (let index = 0; index < 400; index += 1) {
  const metrics = {
    usage_percent: index % 9 === 0 ? null : Math.round(100_000 * Math.abs(Math.sin(index))) / 1000,
    a_count: index % 90,
    core: { '0': { exact_ratio: Math.sqrt(index), few_percent: ((index * 7) % 11) * 1000.5, same_percent: ((index * 7) % 11) * 1000.5 } },
    ...(index % 50 === 0 ? { hollow: {} } : {}),
  };
  const elapsedMs = index === 0 ? null : 1000 + (index % 13) / 8;
  raw.add({ tsMs: index * 1000, run: 'a', seq: index, intervalMs: 1000, elapsedMs, status: 'ok', reason: null, metrics });
  minutes.add(index * 1000, metrics);
}
const rawData = raw.build().data;
const rollUpData = minutes.build().encode().data;

function readRaw(data: Uint8Array): void {
  const segment = RawSegment.open(data);
  segment.paths.forEach((_, index) => segment.column(index));
  segment.sampleAt(0);
  segment.sampleAt(segment.times.length - 1);
}
function readRollUp(data: Uint8Array): void {
  const rollUp = RollUp.open(data);
  rollUp.paths.forEach((_, index) => {
    const stats = rollUp.stats(index);
    return [stats.sums, stats.mins, stats.maxs, stats.counts];
  });
}
/** Reads whatever is there, or says that it is damaged; nothing else. */
function expectReadOrRefused(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof SegmentError)) throw error;
  }
}

const change = fc.tuple(fc.nat(), fc.constantFrom(0, 1, 127, 255), fc.nat(255));
function changed(bytes: Uint8Array, changes: readonly (readonly [number, number, number])[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const [at, edge, byte] of changes) copy[at % copy.length] = byte % 2 === 0 ? edge : byte;
  return copy;
}
const changes = fc.array(change, { minLength: 1, maxLength: 4 });

describe.each([
  { kind: 'a raw segment', data: rawData, read: readRaw },
  { kind: 'a roll-up', data: rollUpData, read: readRollUp },
])('$kind', ({ data, read }) => {
  it('is refused wherever one byte of it was changed, or its end cut off', () => {
    for (let at = 0; at < data.length; at += 3) {
      const flipped = Buffer.from(data);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      expectReadOrRefused(() => read(flipped));
      expect(() => read(data.subarray(0, at))).toThrow(SegmentError);
    }
    const flipped = Buffer.from(data);
    flipped[100] = (flipped[100] ?? 0) ^ 1;
    expect(() => read(flipped)).toThrow(SegmentError);
  });

  it('is read or refused, whatever its payload says', () => {
    const payload = fromFrame(data);
    fc.assert(
      fc.property(changes, (list) => expectReadOrRefused(() => read(toFrame(changed(payload, list))))),
      { numRuns: 1000 },
    );
    for (let length = 0; length < payload.length; length += 37) expectReadOrRefused(() => read(toFrame(payload.subarray(0, length))));
  });

  it('is read or refused, whatever its head says', () => {
    const payload = fromFrame(data);
    const headEnd = payload.indexOf('\n');
    const head = z.record(z.string(), z.unknown()).parse(JSON.parse(payload.toString('utf8', 0, headEnd)));
    const columns = z.record(z.string(), z.unknown()).parse(head.columns);
    const withHead = (other: object) => toFrame(Buffer.concat([Buffer.from(JSON.stringify(other)), payload.subarray(headEnd)]));
    const wrong = fc.oneof(fc.jsonValue(), fc.constantFrom(-1, 0, 0.5, 8, 2 ** 22, 2 ** 40, 1e308, 'd', 'l'));
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(head)), wrong, (name, value) => {
        expectReadOrRefused(() => read(withHead({ ...head, [name]: value })));
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(columns)), fc.nat(30), wrong, (name, at, value) => {
        const list = columns[name];
        const changedList = Array.isArray(list) ? list.with(at % list.length, value) : value;
        expectReadOrRefused(() => read(withHead({ ...head, columns: { ...columns, [name]: changedList } })));
      }),
      { numRuns: 1000 },
    );
  });

  it('is nothing that is made of other bytes', () => {
    const expectRefused = (bytes: Uint8Array) => {
      expect(() => read(bytes)).toThrow(SegmentError);
      expect(() => read(toFrame(Buffer.from(bytes)))).toThrow(SegmentError);
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), expectRefused));
  });

  it('is refused when it says to hold more than any does, before it is unpacked', () => {
    // A frame's magic number, "one segment, size in 4 bytes", and that size.
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x40, ...new Array<number>(20).fill(0)]);
    expect(() => read(frame)).toThrow('it says to hold 1073741824 bytes');
  });
});

it('tells an operator what is wrong', () => {
  expect(() => RawSegment.open(rollUpData)).toThrow('A stored segment cannot be read: it is of no known kind and version');
  expect(() => RawSegment.open(Buffer.from('not a segment at all'))).toThrow(
    expect.objectContaining({ code: 'internal', name: 'SegmentError' }),
  );
});
