import { describe, expect, it } from 'vitest';
import { inOrder } from './panel-order.ts';

describe('inOrder', () => {
  it('begins with the cards made by hand, ends with own cost, and puts what cannot be drawn before it', () => {
    const names = ['perfwatch', 'mail', 'perf-events', 'disk', 'pressure', 'network', 'memory', 'cpu'];
    expect(inOrder(names, (name) => (name === 'perf-events' ? 'unavailable' : 'ok'))).toEqual([
      'cpu',
      'memory',
      'network',
      'disk',
      'pressure',
      'mail',
      'perf-events',
      'perfwatch',
    ]);
  });
});
