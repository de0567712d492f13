import { describe, expect, it } from 'vitest';
import { accountFor, accountForCollector } from './soak-account.ts';
import { Ledger, metricsAt, TICK_MS } from './soak-samples.ts';
import type { StoredSeries, StoredTick } from './soak-stored.ts';

const SERIES = { host: 'web-1', collector: 'queue' };
const FIRST_MS = Date.UTC(2026, 10, 23, 19);
const timeOf = (seq: number): number => FIRST_MS + seq * TICK_MS;
const tickOf = (seq: number): StoredTick => ({ run: 'a', seq, metrics: metricsAt({ series: SERIES, tsMs: timeOf(seq) }) });

function storedWith(seqs: readonly number[], doubled = 0): StoredSeries {
  return { ticks: new Map(seqs.map((seq) => [timeOf(seq), tickOf(seq)])), hot: 0, sealed: seqs.length + doubled, doubled };
}

function published(count: number): Ledger {
  const ledger = new Ledger();
  for (let seq = 0; seq < count; seq += 1) ledger.publish({ series: SERIES, tsMs: timeOf(seq) }, { run: 'a', seq });
  return ledger;
}

describe('the account of a soak', () => {
  it('finds nothing wrong with what was stored as it was published', () => {
    const { runs, doubled, wrong } = accountFor(SERIES, { ledger: published(4), stored: storedWith([3, 1, 0, 2]) });
    expect(runs).toMatchObject([{ asked: 4, stored: 4, lost: 0 }]);
    expect([doubled, wrong]).toEqual([0, 0]);
  });

  it('counts what is missing, what is there twice, and what nobody published', () => {
    const { runs, doubled, wrong } = accountFor(SERIES, { ledger: published(4), stored: storedWith([0, 2, 9], 1) });
    expect(runs).toMatchObject([{ asked: 4, stored: 2, lost: 2 }]);
    expect([doubled, wrong]).toEqual([1, 1]);
  });

  it.each([
    ['another number', { seq: 7 }],
    ['another run', { run: 'b' }],
    ['other values', { metrics: { queue_count: 1 } }],
  ])('counts what is stored under %s', (_what, change) => {
    const stored = storedWith([0, 1]);
    stored.ticks.set(timeOf(1), { ...tickOf(1), ...change });
    expect(accountFor(SERIES, { ledger: published(2), stored }).wrong).toBe(1);
  });

  it('takes a number below the last of a collector that is not there for lost', () => {
    const { runs } = accountForCollector(SERIES, { stored: storedWith([0, 1, 4, 5]), untilMs: timeOf(4) });
    expect(runs).toMatchObject([{ asked: 5, stored: 3, lost: 2 }]);
  });
});
