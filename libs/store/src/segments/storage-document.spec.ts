import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fromFrame } from './frame.ts';
import { pathsToText } from './path-list.ts';
import { RawSegmentBuilder } from './raw-segment-builder.ts';
import { RawSegment } from './raw-segment.ts';
import { RollUpBuilder } from './roll-up-builder.ts';
import { RollUp } from './roll-up.ts';

const LONGEST_PROGRAM = 15;
const LONGEST_LINE = 120;

const document = join(import.meta.dirname, '../../../../docs/storage.md');
const program = /```python\n(.*?)```/s.exec(readFileSync(document, 'utf8'))?.[1] ?? '';
const isThere = (name: string) => spawnSync(name, ['--version']).status === 0;
const canRun = isThere('python3') && isThere('zstd');
const lineSchema = z.tuple([z.union([z.string(), z.array(z.string())]), z.record(z.string(), z.number())]);
const headSchema = z.object({ columns: z.object({ coding: z.string(), width: z.array(z.number()), terms: z.array(z.unknown()) }) });
const thousandth = (number: number) => Math.round(number * 1000) / 1000;

/** Numbers of every way to write them. */
function metricsAt(index: number, elapsedMs: number | null) {
  const events = (index * 7919) % 1013;
  const noise = thousandth(100 * Math.abs(Math.sin(index)));
  return {
    constant_count: 42,
    noise_percent: noise,
    counter_bytes: 1e12 + index * 4096 + 4096 * (events % 5),
    exact_ratio: Math.sqrt(index),
    binary_ratio: (events * 33_461) / 2 ** 30,
    few_percent: thousandth(100 * Math.abs(Math.sin(events % 13))),
    other_percent: thousandth(100 * Math.abs(Math.cos(events % 17))),
    events_per_sec: elapsedMs === null ? null : thousandth((events * 1000) / elapsedMs),
    busy_percent: elapsedMs === null ? null : thousandth(((events / 10) * 1000) / elapsedMs),
    ...(index % 5 === 0 ? {} : { core: { '0': { sparse_celsius: -noise } } }),
    ...(index % 100 === 0 ? { device: {} } : {}),
    device_copy: { 'a "b" 💽': { noise_percent: noise, left_percent: thousandth(100 - noise), shown_ratio: thousandth(noise / 37) } },
  };
}

const raw = new RawSegmentBuilder();
const minutes = new RollUpBuilder(60_000);
for (let index = 0; index < 600; index += 1) {
  const elapsedMs = index === 0 ? null : 1000 + ((index * 331) % 977) / 100;
  const tsMs = 1e12 + index * 1000;
  const metrics = metricsAt(index, elapsedMs);
  raw.add({ tsMs, run: 'a', seq: index, intervalMs: 1000, elapsedMs, status: 'ok', reason: null, metrics });
  // Some minutes have no device.
  minutes.add(tsMs, index < 200 ? { ...metrics, device_copy: {} } : metrics);
}

/** What the program prints: names, and numbers by row. */
function printed(data: Buffer) {
  const dir = mkdtempSync(join(tmpdir(), 'perfwatch-segment-'));
  try {
    writeFileSync(join(dir, 'segment'), data);
    const { stdout, stderr } = spawnSync('python3', ['-c', program, join(dir, 'segment')], {
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
    });
    expect(stderr).toBe('');
    const lines = stdout.trimEnd().split('\n');
    return lines.map((line) => lineSchema.parse(JSON.parse(line)));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const byRow = (values: Float64Array, isThereAt: (value: number, row: number) => boolean = (value) => !Number.isNaN(value)) =>
  Object.fromEntries(Array.from(values, (value, row) => [row, value] as const).filter(([row, value]) => isThereAt(value, row)));
const namesOf = (paths: RawSegment['paths']) => z.array(z.array(z.string())).parse(JSON.parse(pathsToText(paths)));

describe('docs/storage.md', () => {
  it('shows a short program', () => {
    const lines = program.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(LONGEST_PROGRAM);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(LONGEST_LINE);
    expect(program).not.toContain(';');
  });

  it.skipIf(!canRun)('reads a raw segment with it, whatever the coding', () => {
    const { data } = raw.build();
    const [head = ''] = fromFrame(data).toString().split('\n', 1);
    const { columns } = headSchema.parse(JSON.parse(head));
    expect(new Set(Array.from(columns.coding))).toEqual(new Set(['w', 'd', 'r', 'l']));
    expect(columns.width).toContain(8);
    expect(columns.terms.filter((terms) => terms !== 0).length).toBeGreaterThan(2);
    const segment = RawSegment.open(data);
    const [list, times, ...rest] = printed(data);
    expect([list?.[0], times?.[0]]).toEqual(['list', 'ts']);
    expect(times?.[1]).toEqual(byRow(segment.times));
    expect(rest.slice(3)).toEqual(namesOf(segment.paths).map((name, index) => [name, byRow(segment.column(index).values)]));
  });

  it.skipIf(!canRun)('reads a roll-up with it', () => {
    const { data } = minutes.build().encode();
    const rollUp = RollUp.open(data);
    const [, starts, ...rest] = printed(data);
    expect(starts).toEqual(['start', byRow(rollUp.starts)]);
    const stats = rollUp.paths.map((_, index) => rollUp.stats(index));
    const names = namesOf(rollUp.paths);
    expect(rest).toEqual(
      (['counts', 'sums', 'mins', 'maxs'] as const).flatMap((list) =>
        stats.map((ofPath, index) => [names[index], byRow(ofPath[list], (_, row) => (ofPath.counts[row] ?? 0) > 0)]),
      ),
    );
  });
});
