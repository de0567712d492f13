import { DestroyRef, inject } from '@angular/core';
import { Keyboard } from '../../keyboard/keyboard.ts';
import { LiveStore } from '../../live/live-store.ts';
import { PanelLayout } from '../../live/panel-layout.ts';
import { nextWindow } from '../../live/window.ts';
import { SessionStore } from '../../session/session-store.ts';
import { LiveActions } from './live-actions.ts';

/** What an arrow key moves the window by, as a share of it. */
const STEP = 0.25;

/** Binds the live page's keys for as long as it is open. Call while it is made. */
export function bindLiveKeys(): void {
  const live = inject(LiveStore);
  const layout = inject(PanelLayout);
  const actions = inject(LiveActions);
  const session = inject(SessionStore);
  const keyboard = inject(Keyboard);
  const destroyRef = inject(DestroyRef);
  const on = (key: string, label: string, run: () => void) => keyboard.on(key, { group: 'Live page', label, run }, destroyRef);
  on('space', 'Pause, or back to live', () => live.togglePause());
  on('ArrowLeft', 'Earlier', () => live.pan(-STEP * live.windowMs()));
  on('ArrowRight', 'Later', () => live.pan(STEP * live.windowMs()));
  on('+', 'Shorter window', () => live.show(nextWindow(live.windowMs(), -1)));
  on('-', 'Longer window', () => live.show(nextWindow(live.windowMs(), 1)));
  // Viewers may not: the server would refuse what they have filled in.
  on('m', 'Mark this moment (administrators)', () => {
    if (session.isAdmin()) void actions.mark();
  });
  on('Escape', 'Back to all panels', () => layout.fill(null));
}
