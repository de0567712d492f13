import { describe, expect, it } from 'vitest';
import { knownPreferences, preferencesSchema } from './preferences.ts';

const names = (count: number, length: number) => Array.from({ length: count }, (_, index) => String(index).padEnd(length, 'x'));

describe('preferencesSchema', () => {
  it('takes any part', () => {
    for (const part of [{}, { theme: 'light' }, { hidden_panels: ['disk'], shortcuts: false }, { window_seconds: 900, time_zone: 'utc' }]) {
      expect(preferencesSchema.parse(part)).toEqual(part);
    }
  });

  it.each([
    [{ theme: 'pink' }],
    [{ colour: 'red' }],
    [{ window_seconds: 0 }],
    [{ window_seconds: 1.5 }],
    [{ hidden_panels: ['a b'] }],
    [{ panel_order: names(101, 4) }],
    [{ panel_order: names(1, 64) }],
  ])('refuses %j', (preferences) => {
    expect(preferencesSchema.safeParse(preferences).success).toBe(false);
  });

  it('holds at most 16 KiB', () => {
    const most = {
      theme: 'system',
      time_zone: 'local',
      window_seconds: 86_400,
      hidden_panels: names(100, 63),
      panel_order: names(100, 63),
    };
    expect(JSON.stringify(preferencesSchema.parse(most)).length).toBeLessThan(16_384);
  });
});

describe('knownPreferences', () => {
  it('leaves out what another version stored', () => {
    expect(knownPreferences({ theme: 'light', window_seconds: 'long', wallpaper: 'sea' })).toEqual({ theme: 'light' });
  });
});
