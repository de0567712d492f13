import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MAX_AGE_MS, SocketStates, type SocketCount } from './socket-states.ts';

/** Counts that take `stepMs` of a clock that moves by nothing else, in `steps` steps; the n-th finds n sockets that listen. */
class FakeCounting {
  nowMs = 0;
  counts = 0;
  steps = 0;
  closed = 0;
  readonly #plan: { steps: number; stepMs: number };
  readonly states: SocketStates;

  constructor(plan: { steps: number; stepMs: number }) {
    this.#plan = plan;
    this.states = new SocketStates({ count: () => this.#count(), nowMs: () => this.nowMs });
  }

  get listen(): number | null {
    return this.states.last?.states?.listen ?? null;
  }

  /** Lets what was begun go on to its end. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 100; turn += 1) await nextTurn();
  }

  /** A tick at a time, with whatever counting it begins. */
  async tickAt(nowMs: number): Promise<void> {
    this.nowMs = nowMs;
    this.states.tick();
    await this.settle();
  }

  *#count(): Generator<undefined, SocketCount> {
    this.counts += 1;
    const listen = this.counts;
    try {
      for (let step = 0; step < this.#plan.steps; step += 1) {
        this.nowMs += this.#plan.stepMs;
        this.steps += 1;
        yield;
      }
      return { states: { established: 0, timeWait: 0, closeWait: 0, listen }, fault: null };
    } finally {
      this.closed += 1;
    }
  }
}

describe('SocketStates', () => {
  it('has a small count from the first tick on', () => {
    const counting = new FakeCounting({ steps: 2, stepMs: 1 });
    counting.states.tick();
    expect(counting.listen).toBe(1);
  });

  it('lets no tick wait for a later count, nor for the rest of a large one', async () => {
    const small = new FakeCounting({ steps: 2, stepMs: 0 });
    small.states.tick();
    small.states.tick();
    expect([small.counts, small.listen]).toEqual([1, 1]);
    await small.settle();
    expect([small.counts, small.listen]).toEqual([2, 2]);
    const large = new FakeCounting({ steps: 500, stepMs: 1 });
    large.states.tick();
    expect(large.steps).toBeLessThan(30);
    expect(large.states.last).toBeNull();
    await large.settle();
    expect([large.steps, large.listen]).toEqual([500, 1]);
  });

  it('gives the event loop a turn between the parts of a large count', async () => {
    const counting = new FakeCounting({ steps: 500, stepMs: 1 });
    counting.states.tick();
    const seen = [counting.steps];
    while (counting.states.last === null) {
      await nextTurn();
      seen.push(counting.steps);
    }
    expect(Math.max(...seen.slice(1).map((steps, index) => steps - (seen[index] ?? 0)))).toBeLessThan(60);
  });

  it('counts as often as its share of a core allows', async () => {
    const counting = new FakeCounting({ steps: 4, stepMs: 1 });
    await counting.tickAt(0);
    for (const nowMs of [1000, 2000, 13_333]) await counting.tickAt(nowMs);
    expect(counting.counts).toBe(1);
    await counting.tickAt(13_334);
    expect(counting.counts).toBe(2);
  });

  it('counts at every tick where it costs next to nothing', async () => {
    const counting = new FakeCounting({ steps: 1, stepMs: 0.01 });
    for (const nowMs of [0, 1000, 2000, 3000]) await counting.tickAt(nowMs);
    expect(counting.listen).toBe(4);
  });

  it('counts once a minute however much it costs', async () => {
    const counting = new FakeCounting({ steps: 300, stepMs: 1 });
    await counting.tickAt(0);
    await counting.tickAt(MAX_AGE_MS - 1);
    expect(counting.counts).toBe(1);
    await counting.tickAt(MAX_AGE_MS);
    expect(counting.counts).toBe(2);
  });

  it('begins no count while one is under way', () => {
    const counting = new FakeCounting({ steps: 500, stepMs: 1 });
    counting.states.tick();
    counting.nowMs = 10 * MAX_AGE_MS;
    counting.states.tick();
    expect(counting.counts).toBe(1);
  });

  it('gives up a count when it is closed, and what that holds open', async () => {
    const counting = new FakeCounting({ steps: 500, stepMs: 1 });
    counting.states.tick();
    counting.states.close();
    await counting.settle();
    expect([counting.closed, counting.states.last]).toEqual([1, null]);
    expect(counting.steps).toBeLessThan(30);
  });

  it('says what went wrong, and counts again', async () => {
    let isBroken = true;
    const states = new SocketStates({
      nowMs: () => 0,
      *count() {
        yield;
        if (isBroken) throw new Error('out of order');
        return { states: null, fault: null };
      },
    });
    states.tick();
    expect(states.last).toEqual({ states: null, fault: 'out of order' });
    isBroken = false;
    states.tick();
    await nextTurn();
    await nextTurn();
    expect(states.last).toEqual({ states: null, fault: null });
  });
});
