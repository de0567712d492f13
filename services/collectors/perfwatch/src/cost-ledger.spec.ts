import { describe, expect, it } from 'vitest';
import { CostLedger } from './cost-ledger.ts';

const costOf = (process: string, collector: string) => ({
  process,
  interval_ms: 1000,
  cpu_percent: 0.4,
  rss_bytes: 1,
  event_loop_delay_ms: 0,
  collectors: { [collector]: { collect_ms: 1, skipped_ticks_count: 0, dropped_samples_count: 0 } },
});

describe('the ledger of costs', () => {
  it('holds the latest of every process and collector, and forgets those that went silent', () => {
    let nowMs = 0;
    const ledger = new CostLedger(() => nowMs);
    ledger.note(costOf('collectors', 'cpu'));
    ledger.note({ ...costOf('collectors', 'memory'), cpu_percent: 0.5 });
    ledger.note(costOf('other', 'disk'));
    expect(ledger.current().processes.map(([name, { cpu_percent }]) => [name, cpu_percent])).toEqual([
      ['collectors', 0.5],
      ['other', 0.4],
    ]);
    expect(ledger.current().collectors.map(([name]) => name)).toEqual(['cpu', 'memory', 'disk']);
    nowMs = 4000;
    ledger.note(costOf('collectors', 'cpu'));
    nowMs = 6000;
    expect(ledger.current().processes.map(([name]) => name)).toEqual(['collectors']);
    expect(ledger.current().collectors.map(([name]) => name)).toEqual(['cpu']);
  });

  it('is bounded', () => {
    const ledger = new CostLedger(() => 0);
    for (let n = 0; n < 1000; n++) ledger.note(costOf(`p${n}`, `c${n}`));
    expect(ledger.current().processes.length).toBeLessThanOrEqual(256);
  });
});
