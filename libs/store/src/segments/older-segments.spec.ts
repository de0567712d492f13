import { describe, expect, it } from 'vitest';
import { fromFrame, toFrame } from './frame.ts';
import { RawSegmentBuilder } from './raw-segment-builder.ts';
import { RawSegment } from './raw-segment.ts';
import type { StoredSample } from './stored-sample.ts';

const SAMPLES: StoredSample[] = Array.from({ length: 3 }, (_, seq) => ({
  tsMs: 1000 * seq,
  run: 'run',
  seq,
  intervalMs: 1000,
  elapsedMs: 1000,
  status: 'ok',
  reason: null,
  metrics: { load: 0.5 * seq * seq, tasks: 7 - seq },
}));

describe('segments from before there were predictions', () => {
  it('are read: their heads have no terms', () => {
    const builder = new RawSegmentBuilder();
    for (const sample of SAMPLES) builder.add(sample);
    const text = fromFrame(builder.build().data).toString('latin1');
    const older = text.replace(/,"terms":\[[0,]*\]/, '');
    expect(older.length).toBeLessThan(text.length);
    const segment = RawSegment.open(toFrame(Buffer.from(older, 'latin1')));
    expect(SAMPLES.map((_, row) => segment.sampleAt(row))).toEqual(SAMPLES);
  });
});
