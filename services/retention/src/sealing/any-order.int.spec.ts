import { setTimeout as sleep } from 'node:timers/promises';
import type { Metrics } from '@perfwatch/contract';
import { createLogger } from '@perfwatch/service-kit';
import { listPartitions, openStore, type Store } from '@perfwatch/store';
import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { naiveRollUps } from '../../test/naive-roll-ups.ts';
import { sealEverything } from '../../test/seal-everything.ts';
import { byKey, emptyDatabase, keyOf, readEverything, readRollUps, storeSamples, type TestSample } from '../../test/test-samples.ts';
import { deleteRawDay } from '../expiry/raw-days.ts';
import { DAY_MS, dayOf, HOUR_MS } from '../series.ts';
import { Sealer, type SealingDelays } from './sealer.ts';

const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
const BASE_MS = Date.UTC(2026, 10, 20, 10);
const NOW_MS = BASE_MS + 3 * HOUR_MS;
/** Everything that is raw has expired. */
const EXPIRED = { rawBeforeMs: NOW_MS + DAY_MS, rollUpsBeforeMs: 0, minutesBeforeMs: 0 };
const HOSTS = ['web-1', 'web-2'];
const AT_ONCE: SealingDelays = { settleMs: 0, lateMs: 0, dropMs: 0 };

describe('whatever order Samples come in', () => {
  let postgres: TestServer;
  let store: Store;
  let replica: Store;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    [store, replica] = await Promise.all([openStore({ url: postgres.url, log }), openStore({ url: postgres.url, log })]);
  });
  afterAll(async () => {
    await Promise.all([store.close(), replica.close()]);
    await postgres.dispose();
  });

  const sealer = (on: Store) => new Sealer({ store: on, log, delays: AT_ONCE, signal: new AbortController().signal });
  // PostgreSQL knows no -0.
  const number = fc.oneof(
    fc.integer({ min: -1000, max: 1000 }),
    fc.constant(null),
    fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((value) => value + 0),
  );
  const metrics: fc.Arbitrary<Metrics> = fc.record(
    {
      usage_percent: number,
      core: fc.dictionary(fc.constantFrom('0', '1'), fc.record({ usage_percent: number }), { noNullPrototype: true }),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  const sample = fc.record({
    host: fc.constantFrom(...HOSTS),
    collector: fc.constantFrom('cpu'),
    tsMs: fc.integer({ min: 0, max: 60 }).map((slot) => BASE_MS + slot * 120_500),
    metrics,
  });
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.array(sample, { minLength: 1, maxLength: 12 }).map((samples) => ({ does: 'arrive' as const, samples })) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('seal' as const), maxCells: fc.constantFrom(4, 1_000_000) }) },
    { weight: 1, arbitrary: fc.constant({ does: 'seal twice at once' as const }) },
    { weight: 2, arbitrary: fc.constant({ does: 'expire' as const }) },
    { weight: 1, arbitrary: fc.constant({ does: 'deliver all again' as const }) },
    {
      weight: 1,
      arbitrary: fc.record({
        does: fc.constant('seal while more arrive' as const),
        samples: fc.array(sample, { minLength: 1, maxLength: 5 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('stop while sealing' as const), afterMs: fc.integer({ min: 0, max: 12 }) }) },
  );

  const stopWhileSealing = async (afterMs: number) => {
    const stopping = new AbortController();
    const round = new Sealer({ store, log, delays: AT_ONCE, signal: stopping.signal }).round({ nowMs: NOW_MS });
    await sleep(afterMs);
    stopping.abort(new Error('stopped'));
    await round.catch(() => undefined);
  };

  /** What should be stored. */
  class Model {
    readonly #samples = new Map<string, TestSample>();
    readonly #delivered: TestSample[] = [];
    readonly #expired = new Set<string>();

    async arrive(samples: readonly TestSample[]): Promise<void> {
      await storeSamples(store, samples);
      this.#delivered.push(...samples);
      for (const one of samples) {
        const key = keyOf(one, one.tsMs);
        if (!this.#samples.has(key) && !this.#expired.has(hourOf(one))) this.#samples.set(key, one);
      }
    }

    async deliverAllAgain(): Promise<void> {
      await this.arrive([...this.#delivered]);
    }

    /** Raw Samples go of those collectors that have nothing to be sealed. */
    async expire(): Promise<void> {
      for (const host of HOSTS) {
        const day = { host, collector: 'cpu', dayMs: dayOf(BASE_MS) };
        const deleted = await deleteRawDay(store, { limits: EXPIRED, day, archived: null });
        if (deleted === null) continue;
        for (const one of this.#samples.values()) if (one.host === host) this.#expired.add(hourOf(one));
      }
    }

    get samples(): TestSample[] {
      return [...this.#samples.values()];
    }

    /** Those of `found` that are kept raw. */
    rawOf(found: ReadonlyMap<string, Metrics>): Map<string, Metrics> {
      const isRaw = (key: string) => ![...this.#expired].some((hour) => key.startsWith(hour));
      return new Map([...found].filter(([key]) => isRaw(key)));
    }
  }

  it('holds every distinct Sample once, and roll-ups equal what they come to, whatever has expired and comes again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        await emptyDatabase(store);
        const model = new Model();
        for (const one of steps) {
          if (one.does === 'arrive') await model.arrive(one.samples);
          else if (one.does === 'deliver all again') await model.deliverAllAgain();
          else if (one.does === 'expire') await model.expire();
          else if (one.does === 'seal') await sealEverything(store, { nowMs: NOW_MS, maxCells: one.maxCells });
          else if (one.does === 'stop while sealing') await stopWhileSealing(one.afterMs);
          else if (one.does === 'seal twice at once')
            await Promise.all([sealer(store).round({ nowMs: NOW_MS }), sealer(replica).round({ nowMs: NOW_MS })]);
          else await Promise.all([sealer(replica).round({ nowMs: NOW_MS }), model.arrive(one.samples)]);
          expect(model.rawOf(await readEverything(store))).toEqual(model.rawOf(byKey(model.samples)));
        }
        await sealer(store).round({ nowMs: NOW_MS });
        expect(await readEverything(store)).toEqual(model.rawOf(byKey(model.samples)));
        expect(await readRollUps(store)).toEqual(naiveRollUps(model.samples));
        expect(await listPartitions(store)).toEqual(new Set());
      }),
      { numRuns: 20, interruptAfterTimeLimit: 45_000, markInterruptAsFailure: true },
    );
  });
});

/** Beginning of the keys of an hour's Samples. */
function hourOf({ host, collector, tsMs }: TestSample): string {
  return keyOf({ host, collector }, tsMs).slice(0, -':00:00.000Z'.length);
}
