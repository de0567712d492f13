import { signal, type Signal } from '@angular/core';
import { LAYOUTS, type HostsLayout } from '../../fleet/fleet-view.ts';

const KEY = 'perfwatch.hostsLayout';

/** The layout that was chosen last in this browser; tiles at first. */
export function keptLayout(storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage): {
  layout: Signal<HostsLayout>;
  keep: (layout: HostsLayout) => void;
} {
  const stored = storage.getItem(KEY);
  const layout = signal<HostsLayout>(LAYOUTS.find((known) => known === stored) ?? 'tiles');
  return {
    layout,
    keep: (chosen) => {
      storage.setItem(KEY, chosen);
      layout.set(chosen);
    },
  };
}
