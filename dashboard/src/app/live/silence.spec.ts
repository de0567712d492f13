import { describe, expect, it } from 'vitest';
import { isSilent, silentAfterMs } from './silence.ts';

describe('silentAfterMs', () => {
  it('is five intervals of the fastest collector, and never less than five seconds', () => {
    expect(silentAfterMs({ intervalsMs: [100, 1000], configuredMs: null })).toBe(5000);
    expect(silentAfterMs({ intervalsMs: [2000, 5000], configuredMs: null })).toBe(10_000);
  });

  it('waits for a longer interval that has just been set', () => {
    expect(silentAfterMs({ intervalsMs: [1000], configuredMs: 60_000 })).toBe(300_000);
  });
});

describe('isSilent', () => {
  const silence = { receivedAtMs: 10_000, connectedAtMs: 1000, hasPast: true, allowedMs: 5000 };

  it('is so once nothing has come for longer than allowed', () => {
    expect([isSilent(15_000, silence), isSilent(15_001, silence)]).toEqual([false, true]);
  });

  it('gives a connection that has just returned its time', () => {
    const returned = { ...silence, connectedAtMs: 60_000 };
    expect([isSilent(60_500, returned), isSilent(65_001, returned)]).toEqual([false, true]);
  });

  it('is so of a host whose past alone is there, and not of one that never sent anything', () => {
    const nothing = { ...silence, receivedAtMs: null };
    expect([isSilent(5000, nothing), isSilent(7000, nothing), isSilent(7000, { ...nothing, hasPast: false })]).toEqual([
      false,
      true,
      false,
    ]);
  });
});
