import { beforeEach, describe, expect, it } from 'vitest';
import { KeptPreferences } from './kept-preferences.ts';
import { checkedPreference } from './preferences.ts';

describe('checkedPreference', () => {
  it('takes what the key may be, and nothing else', () => {
    expect(checkedPreference('theme', 'light')).toEqual({ theme: 'light' });
    expect(checkedPreference('theme', 'pink')).toEqual({});
    expect(checkedPreference('windowMs', 900_000)).toEqual({ windowMs: 900_000 });
    expect(checkedPreference('windowMs', 1)).toEqual({});
    expect(checkedPreference('hiddenPanels', ['cpu'])).toEqual({ hiddenPanels: ['cpu'] });
    expect(checkedPreference('hiddenPanels', [1])).toEqual({});
    expect(checkedPreference('shortcuts', false)).toEqual({ shortcuts: false });
  });
});

describe('KeptPreferences', () => {
  let stored: Map<string, string>;
  const open = () =>
    new KeptPreferences({ getItem: (name) => stored.get(name) ?? null, setItem: (name, text) => void stored.set(name, text) });

  beforeEach(() => {
    stored = new Map();
  });

  it('begins with the defaults where nothing or nonsense is stored', () => {
    stored.set('perfwatch.theme', 'pink').set('perfwatch.hiddenPanels', '{').set('perfwatch.windowMs', '17');
    const preferences = open();
    expect([preferences.theme(), preferences.hiddenPanels(), preferences.windowMs()]).toEqual(['dark', [], 300_000]);
  });

  it('remembers every key at once', () => {
    const all = {
      theme: 'light',
      timeZone: 'utc',
      windowMs: 900_000,
      hiddenPanels: ['disk'],
      panelOrder: ['perf-events', 'cpu'],
      shortcuts: false,
      welcomed: true,
    } as const;
    open().patch(all);
    const again = open();
    const { theme, timeZone, windowMs, hiddenPanels, panelOrder, shortcuts, welcomed } = again;
    expect({
      theme: theme(),
      timeZone: timeZone(),
      windowMs: windowMs(),
      hiddenPanels: hiddenPanels(),
      panelOrder: panelOrder(),
      shortcuts: shortcuts(),
      welcomed: welcomed(),
    }).toEqual(all);
  });

  it('collects what the viewer changed until it is on the server, but not what came from elsewhere', () => {
    const preferences = open();
    preferences.patch({ theme: 'light' });
    preferences.adopt({ timeZone: 'utc' });
    preferences.patch({ shortcuts: false });
    const sent = preferences.changed();
    expect(sent).toEqual({ theme: 'light', shortcuts: false });
    preferences.patch({ theme: 'system' });
    preferences.settle(sent);
    expect(preferences.changed()).toEqual({ theme: 'system' });
  });

  it('follows another tab', () => {
    const preferences = open();
    open().patch({ theme: 'light', timeZone: 'utc' });
    preferences.adoptStored('perfwatch.theme');
    expect([preferences.theme(), preferences.timeZone()]).toEqual(['light', 'local']);
  });
});
