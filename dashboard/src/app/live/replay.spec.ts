import { sampleSchema, type Sample } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { readFrame, type FrameRow } from './frame.ts';
import { TWO_CPUS } from './recorded/two-cpus.ts';
import { SampleMemory } from './sample-memory.ts';

const RECORDED: readonly Sample[] = TWO_CPUS.trim()
  .split('\n')
  .map((line) => sampleSchema.parse(JSON.parse(line)));
const PATHS = [{ metric: 'usage_percent' }, { metric: 'usage_percent', dimension: 'core', instance: '1' }] as const;
const timeOf = ({ ts }: Sample) => Date.parse(ts);

function framesOf(samples: readonly Sample[], windowMs = 60_000): FrameRow[] {
  const memory = new SampleMemory(windowMs);
  memory.addAll(samples);
  const table = memory.table('cpu');
  if (table === null || memory.newestMs === null) return [];
  return readFrame(table, {
    paths: PATHS,
    range: { fromMs: memory.newestMs - windowMs, toMs: memory.newestMs },
    bucketMs: memory.bucketMs,
  });
}

describe('a recorded stream, replayed', () => {
  const cpu = RECORDED.filter(({ collector }) => collector === 'cpu');
  const [from, to] = [cpu[8], cpu[14]].map((sample) => (sample === undefined ? Number.NaN : timeOf(sample)));
  const isLost = (sample: Sample) => timeOf(sample) >= (from ?? 0) && timeOf(sample) <= (to ?? 0);

  it('gives a row for every tick, with what was published', () => {
    const rows = framesOf(RECORDED);
    expect(rows.map(([timeMs]) => timeMs)).toEqual(cpu.map(timeOf));
    for (const [index, row] of rows.entries()) expect(row[1]).toBeCloseTo(Number(cpu[index]?.metrics['usage_percent']), 3);
  });

  it('shows a gap while samples are missing', () => {
    expect(framesOf(RECORDED.filter((sample) => !isLost(sample))).filter(([, usage]) => usage === null)).toHaveLength(1);
  });

  it('is the same after a gap has been filled from the past, whatever came twice', () => {
    const live = RECORDED.filter((sample) => !isLost(sample));
    const backfill = RECORDED.filter((sample) => timeOf(sample) >= (from ?? 0) - 3000);
    expect(framesOf([...live, ...backfill])).toEqual(framesOf(RECORDED));
  });

  it('knows how far back it reaches, and forgets what is two windows old', () => {
    const memory = new SampleMemory(60_000);
    memory.addAll(RECORDED);
    const newestMs = memory.newestMs ?? 0;
    expect(memory.covers(newestMs - 30_000)).toBe(false);
    memory.reachesBackTo(newestMs - 60_000);
    expect(memory.covers(newestMs - 30_000)).toBe(true);
    expect(memory.covers(newestMs - 90_000)).toBe(false);
    for (let second = 1; second <= 120; second++) {
      const ts = new Date(newestMs + second * 1000).toISOString();
      memory.add({ host: 'web-1', collector: 'cpu', ts, interval_ms: 1000, metrics: { usage_percent: 1 } });
    }
    expect(memory.covers(newestMs - 30_000)).toBe(false);
    expect(memory.covers(newestMs + 30_000)).toBe(true);
  });
});
