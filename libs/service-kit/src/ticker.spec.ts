import { describe, expect, it } from 'vitest';
import { Ticker, type Tick, type TickClock } from './ticker.ts';

const START_MS = Date.UTC(2026, 10, 23, 19, 20, 30, 400);
const HOUR_MS = 3_600_000;

/** A clock that moves only when told to, and calls back on the way as timers would. */
class HandClock implements TickClock {
  #monotonicMs = 0;
  #stepMs = 0;
  readonly #timers = new Set<{ dueMs: number; callback: () => void }>();

  wallMs(): number {
    return START_MS + this.#monotonicMs + this.#stepMs;
  }
  monotonicMs(): number {
    return this.#monotonicMs;
  }
  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#monotonicMs + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Time passes and timers fire when they are due. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#monotonicMs + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = [...this.#timers].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#monotonicMs = Math.max(this.#monotonicMs, next.dueMs);
      next.callback();
    }
    this.#monotonicMs = endMs;
  }
  /** Time passes while the process stands still: timers fire afterwards. */
  freeze(ms: number): void {
    this.#monotonicMs += ms;
  }
  /** The machine was suspended: the wall clock went on, the monotonic one did not. */
  suspend(ms: number): void {
    this.#stepMs += ms;
  }
  /** Someone sets the clock. */
  step(ms: number): void {
    this.#stepMs += ms;
  }
}

function tickerOn(clock: HandClock, intervalMs = 1000, onTick?: () => void | Promise<void>): { ticker: Ticker; ticks: Tick[] } {
  const ticks: Tick[] = [];
  const ticker = new Ticker({
    intervalMs,
    clock,
    onTick: (tick) => {
      ticks.push(tick);
      return onTick?.();
    },
  });
  return { ticker, ticks };
}

const times = (ticks: readonly Tick[]): string[] => ticks.map(({ scheduledMs }) => new Date(scheduledMs).toISOString().slice(11, 23));

describe('the ticker', () => {
  it('ticks at multiples of the interval on the wall clock', async () => {
    const clock = new HandClock();
    const { ticks } = tickerOn(clock);
    await clock.pass(3000);
    expect(times(ticks)).toEqual(['19:20:31.000', '19:20:32.000', '19:20:33.000']);
    expect(ticks.map(({ lateMs }) => lateMs)).toEqual([0, 0, 0]);
  });

  it('gives the same times to everyone whatever they started', async () => {
    const clock = new HandClock();
    const first = tickerOn(clock, 5000);
    await clock.pass(1234);
    const second = tickerOn(clock, 5000);
    await clock.pass(10_000);
    expect(times(second.ticks)).toEqual(times(first.ticks));
  });

  it('never overlaps, and counts what could not be made', async () => {
    const clock = new HandClock();
    let [active, most] = [0, 0];
    const { ticker, ticks } = tickerOn(clock, 1000, async () => {
      most = Math.max(most, ++active);
      await new Promise<void>((resolve) => void clock.after(2500, resolve));
      active--;
    });
    await clock.pass(10_000);
    expect(most).toBe(1);
    expect(times(ticks)).toEqual(['19:20:31.000', '19:20:34.000', '19:20:37.000', '19:20:40.000']);
    expect(ticker.skipped).toBe(6);
  });

  it('takes the latest tick due after the process stood still, and counts the others', async () => {
    const clock = new HandClock();
    const { ticker, ticks } = tickerOn(clock);
    await clock.pass(1000);
    clock.freeze(10_000);
    await clock.pass(1000);
    expect(times(ticks)).toEqual(['19:20:31.000', '19:20:41.000', '19:20:42.000']);
    expect(ticks[1]?.lateMs).toBe(400);
    expect(ticker.skipped).toBe(9);
  });

  it('takes a late tick for its own time as long as the next is not due', async () => {
    const clock = new HandClock();
    const { ticker, ticks } = tickerOn(clock);
    await clock.pass(1000);
    clock.freeze(900);
    await clock.pass(700);
    expect(times(ticks)).toEqual(['19:20:31.000', '19:20:32.000', '19:20:33.000']);
    expect(ticker.skipped).toBe(0);
  });

  it.each([
    ['an hour forward', HOUR_MS],
    ['an hour back', -HOUR_MS],
    ['an hour and a bit forward', HOUR_MS + 321],
    ['an hour and a bit back', -HOUR_MS - 321],
  ])('goes on at the same pace when the clock is set %s', async (_name, stepMs) => {
    const clock = new HandClock();
    const { ticker, ticks } = tickerOn(clock);
    await clock.pass(3000);
    clock.step(stepMs);
    const before = ticks.length;
    await clock.pass(10_000);
    expect(ticks.length - before).toBeGreaterThanOrEqual(10);
    expect(ticks.length - before).toBeLessThanOrEqual(11);
    expect(ticker.skipped).toBe(0);
    expect(ticks.every(({ scheduledMs }) => scheduledMs % 1000 === 0)).toBe(true);
    const after = ticks.slice(before).map(({ scheduledMs }) => scheduledMs);
    expect(new Set(after).size).toBe(after.length);
  });

  it('gives no tick twice when the clock is set back a little', async () => {
    const clock = new HandClock();
    const { ticker, ticks } = tickerOn(clock);
    await clock.pass(1000);
    clock.step(-500);
    await clock.pass(5000);
    expect(new Set(times(ticks)).size).toBe(ticks.length);
    expect(ticker.skipped).toBe(0);
  });

  it('gives no tick twice when the clock is set back while it ticks', async () => {
    const clock = new HandClock();
    const { ticks } = tickerOn(clock, 1000, () => {
      if (ticks.length === 1) clock.step(-30);
    });
    await clock.pass(3000);
    expect(times(ticks)).toEqual(['19:20:31.000', '19:20:32.000', '19:20:33.000']);
  });

  it('counts nothing as skipped while the machine was suspended', async () => {
    const clock = new HandClock();
    const { ticker, ticks } = tickerOn(clock);
    await clock.pass(1000);
    clock.suspend(8 * HOUR_MS);
    await clock.pass(2000);
    expect(times(ticks).slice(0, 3)).toEqual(['19:20:31.000', '03:20:32.000', '03:20:33.000']);
    expect(ticker.skipped).toBe(0);
  });

  it('waits on when a timer fires early', async () => {
    const clock = new HandClock();
    const early: TickClock = {
      wallMs: () => clock.wallMs(),
      monotonicMs: () => clock.monotonicMs(),
      after: (delayMs, callback) => clock.after(Math.max(1, delayMs - 2), callback),
    };
    const ticks: Tick[] = [];
    const ticker = new Ticker({ intervalMs: 1000, clock: early, onTick: (tick) => void ticks.push(tick) });
    await clock.pass(3000);
    expect(times(ticks)).toEqual(['19:20:31.000', '19:20:32.000', '19:20:33.000']);
    expect(ticker.skipped).toBe(0);
  });

  it('changes its interval live, from a tenth of a second to a minute', async () => {
    const clock = new HandClock();
    const { ticker, ticks } = tickerOn(clock);
    await clock.pass(1000);
    ticker.setIntervalMs(100);
    await clock.pass(300);
    expect(times(ticks)).toEqual(['19:20:31.000', '19:20:31.500', '19:20:31.600', '19:20:31.700']);
    ticker.setIntervalMs(60_000);
    await clock.pass(180_000);
    expect(times(ticks).slice(4)).toEqual(['19:21:00.000', '19:22:00.000', '19:23:00.000']);
    expect(ticker.skipped).toBe(0);
  });

  it('ticks no more once it is stopped, and lets a running tick end', async () => {
    const clock = new HandClock();
    let ended = false;
    const { ticker, ticks } = tickerOn(clock, 1000, async () => {
      await new Promise<void>((resolve) => void clock.after(500, resolve));
      ended = true;
    });
    await clock.pass(700);
    const stopped = ticker.stop();
    await clock.pass(5000);
    await stopped;
    expect(ended).toBe(true);
    expect(ticks).toHaveLength(1);
    await ticker.stop();
  });
});
