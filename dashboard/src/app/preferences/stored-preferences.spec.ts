import { describe, expect, it } from 'vitest';
import { forServer, fromServer } from './stored-preferences.ts';

describe('preferences on the server', () => {
  it('come back as they were sent', () => {
    const all = {
      theme: 'light',
      timeZone: 'utc',
      windowMs: 900_000,
      hiddenPanels: ['disk'],
      panelOrder: ['perf-events', 'cpu'],
      shortcuts: false,
      welcomed: true,
    } as const;
    expect(fromServer(forServer(all))).toEqual(all);
    expect(forServer(all)).toMatchObject({ time_zone: 'utc', window_seconds: 900 });
  });

  it('are only what was chosen', () => {
    expect(forServer({ theme: 'dark' })).toEqual({ theme: 'dark' });
    expect(fromServer({})).toEqual({ welcomed: false });
  });

  it('leave out a window that this version does not offer', () => {
    expect(fromServer({ theme: 'dark', window_seconds: 7 })).toEqual({ theme: 'dark', welcomed: false });
  });
});
