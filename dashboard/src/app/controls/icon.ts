import { Component, computed, input } from '@angular/core';

/** Outlines on a 24 by 24 grid. */
const PATHS = {
  pulse: 'M3 12h4l2.5-7 5 14 2.5-7h4',
  hosts: 'M4 5h16v5H4zM4 14h16v5H4zM8 7.5h.01M8 16.5h.01',
  settings:
    'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM19.4 13.5l2 1.2-2 3.4-2.1-.9a7.5 7.5 0 0 1-2.6 1.5l-.3 2.3h-4l-.3-2.3a7.5 7.5 0 0 1-2.6-1.5l-2.1.9-2-3.4 2-1.2a7.6 7.6 0 0 1 0-3l-2-1.2 2-3.4 2.1.9a7.5 7.5 0 0 1 2.6-1.5L10.400 3h4l.3 2.300a7.500 7.500 0 0 1 2.600 1.500l2.100-.9 2 3.400-2 1.200a7.600 7.600 0 0 1 0 3z',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 4.500v15l12-7.500z',
  down: 'm7 10 5 5 5-5',
  table: 'M4 5h16v14H4zM4 10h16M4 14.500h16M10 10v9',
  heat: 'M4 4h4v4H4zM10 4h4v4h-4zM16 4h4v4h-4zM4 10h4v4H4zM10 10h4v4h-4zM16 10h4v4h-4zM4 16h4v4H4zM10 16h4v4h-4zM16 16h4v4h-4z',
  moon: 'M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v1.500M12 19.500V21M3 12h1.500M19.500 12H21M5.600 5.600l1.100 1.100M17.300 17.300l1.100 1.100M18.400 5.600l-1.100 1.100M6.700 17.300l-1.100 1.100',
  out: 'M14 5H5v14h9M10 12h10M17 8.500 20.500 12 17 15.500',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8h.01',
  alert: 'M12 4 2.500 20h19zM12 10v4.500M12 17.200h.01',
  off: 'M12 3v8M6.500 7a8 8 0 1 0 11 0',
} as const;
export type IconName = keyof typeof PATHS;

/** A line drawing in the text's colour. Decoration: what it stands beside or in says what it means. */
@Component({
  selector: 'pw-icon',
  template: `<svg viewBox="0 0 24 24" aria-hidden="true"><path [attr.d]="path()" /></svg>`,
  styles: `
    :host {
      display: inline-flex;
    }
    svg {
      width: var(--icon);
      height: var(--icon);
      fill: none;
      stroke: currentColor;
      stroke-width: 1.75;
      stroke-linecap: round;
      stroke-linejoin: round;
    }
  `,
})
export class Icon {
  readonly name = input.required<IconName>();
  protected readonly path = computed(() => PATHS[this.name()]);
}
