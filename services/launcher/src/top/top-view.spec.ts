import type { Metrics, Sample } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { paint } from './paint.ts';
import { topLines, type TopView } from './top-view.ts';

const sampleOf = (collector: string, metrics: Metrics, more: Partial<Sample> = {}): [string, Sample] => [
  collector,
  { host: 'web-1', collector, ts: '2026-11-25T10:00:00.000Z', metrics, ...more },
];

const GIB = 1024 ** 3;
const FULL = new Map([
  sampleOf('cpu', {
    ...{ usage_percent: 50, user_percent: 30, system_percent: 20, iowait_percent: 0, steal_percent: null },
    ...{ load_1m: 1.5, load_5m: 1, load_15m: 0.5, core_count: 2 },
    core: { '0': { usage_percent: 100 }, '1': { usage_percent: 0 } },
  }),
  sampleOf('memory', {
    usage_percent: 25,
    used_bytes: 4 * GIB,
    total_bytes: 16 * GIB,
    cached_bytes: GIB,
    swap_total_bytes: 2 * GIB,
    swap_used_bytes: 0,
    swap_usage_percent: 0,
  }),
  sampleOf('pressure', { cpu_some_percent: 1.25, memory_some_percent: 0, io_some_percent: 40, memory_full_percent: 0 }),
  sampleOf('network', {
    ...{ recv_bytes_per_sec: 2048, sent_bytes_per_sec: 1024, connection_count: 12, tcp_retransmits_per_sec: 0 },
    interface: { lo: { recv_bytes_per_sec: 1, sent_bytes_per_sec: 1 }, eth0: { recv_bytes_per_sec: 2048, sent_bytes_per_sec: 1024 } },
  }),
  sampleOf('disk', {
    ...{ read_bytes_per_sec: 0, write_bytes_per_sec: 1024, read_ops_per_sec: 0, write_ops_per_sec: 3 },
    device: { vda: { read_bytes_per_sec: 0, write_bytes_per_sec: 1024, utilization_percent: 7 } },
    filesystem: { '/': { used_percent: 34.5, available_bytes: GIB } },
  }),
]);

const show = (view: Partial<TopView>): string[] =>
  topLines({ host: 'web-1', samples: FULL, unusual: [], columns: 100, rows: 1000, ...view }).map((line) =>
    paint(line, { columns: 1000, isColoured: false }),
  );

describe('the view of a host', () => {
  it('shows all that the built-in collectors have of it', () => {
    expect(show({}).join('\n')).toMatchInlineSnapshot(`
      "web-1   2026-11-25 10:00:00 UTC   load 1.50 1.00 0.50   CPUs 2

      CPU      [||||||||||||||||||||....................]  50.0 %   user 30.0 %   system 20.0 %   iowait 0.0 %   steal -
                 0 [||||||||||] 100.0 %   1 [..........]   0.0 %
      Memory   [||||||||||..............................]  25.0 %   4.0 GiB of 16.0 GiB   cached 1.0 GiB
      Swap     [........................................]   0.0 %   0 B of 2.0 GiB
      Pressure cpu 1.3 %   memory 0.0 %   i/o 40.0 %   memory full 0.0 %
      Network  received 2.0 KiB/s   sent 1.0 KiB/s   connections 12   retransmits 0/s
               eth0                    received 2.0 KiB/s    sent 1.0 KiB/s
               lo                      received 1 B/s        sent 1 B/s
      Disk     read 0 B/s   written 1.0 KiB/s   reads 0/s   writes 3/s
               vda                     read 0 B/s        written 1.0 KiB/s    busy 7.0 %
               /                       used 34.5 %       free 1.0 GiB"
    `);
  });

  it('says what is missing and why, and shows the rest', () => {
    const lines = show({ samples: new Map([sampleOf('perf-events', {}, { status: 'unavailable', reason: 'No PMU' })]) });
    expect(lines).toContain('         perf-events unavailable  No PMU');
    expect(lines).toContain('CPU      [........................................]       -   user -   system -   iowait -   steal -');
  });

  it('names what is unusual with what it is usually', () => {
    const unusual = [{ collector: 'disk', path: 'read_bytes_per_sec', metric: 'read_bytes_per_sec', value: 2048, mean: 0, deviations: 9 }];
    expect(show({ unusual }).slice(-2)).toEqual([
      'Unusual',
      expect.stringMatching(/disk\.read_bytes_per_sec +2\.0 KiB\/s +usually 0 B\/s$/),
    ]);
  });

  it('never passes on what a terminal would obey', () => {
    const hostile = '\u001b[2J\u009b2J\u202e';
    const network = sampleOf('network', { interface: { [hostile]: { recv_bytes_per_sec: 1 } } });
    const [, failing] = sampleOf('x', {}, { status: 'error', reason: hostile });
    expect(show({ samples: new Map([network, ['x', failing]]) }).join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('has no more lines than there is room for, and no more CPUs than fit', () => {
    const core = Object.fromEntries(Array.from({ length: 1024 }, (_, index) => [String(index), { usage_percent: 1 }]));
    const lines = show({ samples: new Map([sampleOf('cpu', { core })]) });
    expect(lines.some((line) => line.endsWith('and 1000 CPUs more'))).toBe(true);
    expect(show({ rows: 3 })).toHaveLength(3);
  });
});
