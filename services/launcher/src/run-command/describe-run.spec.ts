import { annotationSchema, type CompareReply, type MetricComparison } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { annotationOf, commandLineOf, differenceLines, usageOf } from './describe-run.ts';
import type { CommandRun } from './run-child.ts';
import { withRunCommand } from './run-command.ts';

const RUN: CommandRun = {
  command: ['make', '-j8'],
  startMs: Date.parse('2026-11-25T10:00:00.000Z'),
  endMs: Date.parse('2026-11-25T10:00:12.500Z'),
  isStarted: true,
  exitCode: 0,
  ending: 'exited with 0',
  cpu: { user: 38, system: 3.25 },
  peakResidentBytes: 512 * 1024 * 1024,
};

describe('the arguments', () => {
  it('are a command only behind -- that comes first', () => {
    expect(withRunCommand(['run', '--', 'ls', '--', '-l'])).toEqual(['run-command', '--', 'ls', '--', '-l']);
    for (const args of [['run', 'cpu', '--', 'ls'], ['run', '--help'], ['--', 'run'], []]) expect(withRunCommand(args)).toEqual(args);
  });
});

describe('a command that has run', () => {
  it('says how it ended and what it used, as far as that is known', () => {
    expect(usageOf(RUN)).toBe('exited with 0 after 12.5 s, CPU 41.3 s (user 38.0 s, system 3.25 s), largest process 512 MiB');
    expect(usageOf({ ...RUN, cpu: null, peakResidentBytes: null, ending: 'was ended by SIGKILL' })).toBe(
      'was ended by SIGKILL after 12.5 s',
    );
  });

  it('is quoted as a shell would need it', () => {
    expect(commandLineOf(['sh', '-c', "echo 'a b' > /tmp/x", ''])).toBe(String.raw`sh -c 'echo '\''a b'\'' > /tmp/x' ''`);
  });

  it.each([
    ['an ordinary one', ['make', '-j8']],
    ['a very long one', ['echo', 'x'.repeat(5000)]],
    ['one of characters that nothing can show', ['echo', '\0\u001b[2J\ud800']],
  ])('is a mark that history takes: %s', (_, words) => {
    const [file = '', ...args] = words;
    const mark = annotationOf({ ...RUN, command: [file, ...args], exitCode: 3 }, '78d0ad84-b7d6-4051-a68b-408570194c94');
    expect(annotationSchema.parse(JSON.parse(JSON.stringify(mark)))).toMatchObject({
      ts: '2026-11-25T10:00:00.000Z',
      end_ts: '2026-11-25T10:00:12.500Z',
      tags: ['run', 'failed'],
    });
  });
});

describe('how the machine differed', () => {
  const statistics = (avg: number) => ({ avg, min: avg, max: avg, p50: avg, p95: avg, count: 10 });
  const metric = (path: string, verdict: MetricComparison['verdict']): MetricComparison => ({
    ...{
      collector: 'disk',
      path,
      window_1: statistics(2048),
      window_2: statistics(1024),
      change: 1024,
      change_percent: 100,
      effect: null,
      verdict,
    },
  });
  const window = { start_time: '', end_time: '', seconds: 1, covered_seconds: 1, coverage_percent: 100 };
  const reply = (summary: MetricComparison[]): CompareReply => ({
    ...{
      host: 'web-1',
      metric_type: null,
      window_1: window,
      window_2: window,
      resolution: 'raw',
      step: '1s',
      comparable: false,
      note: null,
    },
    ...{ interval: '1s', series_1: [], series_2: [], summary, truncated: false },
  });

  it('is what really changed, with what it was before, in its unit', () => {
    const lines = differenceLines(
      reply([metric('device.read_bytes_per_sec{device="a.b"}', 'higher'), metric('write_ops_per_sec', 'no_clear_change')]),
      5,
    );
    expect(lines).toEqual([
      'web-1, against the 5 minutes before:',
      expect.stringMatching(/^ {2}disk\.device\.read_bytes_per_sec\{device="a\.b"\} +2\.0 KiB\/s {3}before +1\.0 KiB\/s {3}higher$/),
    ]);
  });

  it('says so when nothing did, when there was too little, and when there is more than is printed', () => {
    expect(differenceLines(reply([metric('a_count', 'no_clear_change'), metric('b_count', 'unknown')]), 5)).toEqual([
      'web-1: no clear difference from the 5 minutes before',
    ]);
    expect(differenceLines(reply([metric('a_count', 'unknown')]), 1)).toEqual([
      'web-1: too little was measured to tell a difference from the minute before',
    ]);
    const many = Array.from({ length: 12 }, (_, index) => metric(`m${index}_count`, 'lower'));
    expect(differenceLines(reply(many), 5).at(-1)).toBe('  and 2 metrics more: see Compare on the dashboard');
  });
});
