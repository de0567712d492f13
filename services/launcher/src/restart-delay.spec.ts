import { describe, expect, it } from 'vitest';
import { RestartDelay } from './restart-delay.ts';

describe('the delay before something is started again', () => {
  it('is none at first, then doubles up to half a minute', () => {
    const delay = new RestartDelay();
    expect(Array.from({ length: 8 }, () => delay.after(100))).toEqual([0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('is none again after a minute that went well', () => {
    const delay = new RestartDelay();
    for (let failure = 0; failure < 5; failure++) delay.after(100);
    expect([delay.after(60_000), delay.after(100)]).toEqual([0, 1000]);
  });
});
