import { describe, expect, it } from 'vitest';
import { RecentBounds } from './recent-bounds.ts';

describe('RecentBounds', () => {
  const noted = (bounds: { samples: number; bytes: number }) => {
    const recent = new RecentBounds({ sinceMs: 0, ...bounds });
    for (const tsMs of [1000, 2000, 2500, 3000, 3001, 3002]) recent.note(tsMs, 10);
    return recent.fromMs();
  };

  it('takes everything where it fits', () => {
    expect(noted({ samples: 6, bytes: 60 })).toBe(0);
  });

  it('takes the newest whole seconds within both bounds', () => {
    expect(noted({ samples: 5, bytes: 60 })).toBe(2000);
    expect(noted({ samples: 4, bytes: 60 })).toBe(3000);
    expect(noted({ samples: 6, bytes: 59 })).toBe(2000);
    expect(noted({ samples: 2, bytes: 60 })).toBe(Infinity);
  });
});
