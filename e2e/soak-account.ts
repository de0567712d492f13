import { isDeepStrictEqual } from 'node:util';
import { keyOf, metricsAt, type Ledger, type Series } from './soak-samples.ts';
import type { StoredSeries } from './soak-stored.ts';

/** What became of everything published of one run of a series. */
export interface RunAccount {
  series: Series;
  run: string;
  asked: number;
  stored: number;
  lost: number;
}

export interface SeriesAccount {
  runs: RunAccount[];
  doubled: number;
  /** Stored under another run or number than it was published, with other values, or never published. */
  wrong: number;
}

/** Accounts for every number of every run of a series. */
export function accountFor(series: Series, { ledger, stored }: { ledger: Ledger; stored: StoredSeries }): SeriesAccount {
  const runs = new Map<string, RunAccount>();
  let wrong = 0;
  const times = ledger.timesOf(series);
  for (const tsMs of times) {
    const published = ledger.publishedAt({ series, tsMs });
    if (published === null) throw new Error(`${keyOf(series)} at ${tsMs} is not in the ledger`);
    const account = runs.get(published.run) ?? { series, run: published.run, asked: 0, stored: 0, lost: 0 };
    runs.set(published.run, account);
    const tick = stored.ticks.get(tsMs);
    account.asked += 1;
    if (tick === undefined) account.lost += 1;
    else account.stored += 1;
    if (tick === undefined) continue;
    const isAsPublished = tick.run === published.run && tick.seq === published.seq;
    if (!isAsPublished || !isDeepStrictEqual(tick.metrics, metricsAt({ series, tsMs }))) wrong += 1;
  }
  const unasked = stored.ticks.size - [...runs.values()].reduce((sum, account) => sum + account.stored, 0);
  return { runs: [...runs.values()], doubled: stored.doubled, wrong: wrong + unasked };
}

/**
 * A collector of this repository counts its own Samples from 0: what is missing below the last one was lost. It goes on meanwhile:
 * Samples after `untilMs` may still be on their way.
 */
export function accountForCollector(series: Series, { stored, untilMs }: { stored: StoredSeries; untilMs: number }): SeriesAccount {
  const ticks = [...stored.ticks].filter(([tsMs]) => tsMs <= untilMs).map(([, tick]) => tick);
  const byRun = Map.groupBy(
    ticks.filter(({ run, seq }) => run !== null && seq !== null),
    ({ run }) => run ?? '',
  );
  const runs = [...byRun].map(([run, ofRun]) => {
    const seqs = new Set(ofRun.map(({ seq }) => seq ?? -1));
    const asked = Math.max(...seqs) + 1;
    return { series, run, asked, stored: seqs.size, lost: asked - seqs.size };
  });
  return { runs, doubled: stored.doubled, wrong: ticks.length - runs.reduce((sum, { stored: count }) => sum + count, 0) };
}
