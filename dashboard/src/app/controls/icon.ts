import { Component, computed, input } from '@angular/core';

/** Outlines on a 24 by 24 grid. */
const PATHS = {
  pulse: 'M3 12h4l2.5-7 5 14 2.5-7h4',
  hosts: 'M4 5h16v5H4zM4 14h16v5H4zM8 7.5h.01M8 16.5h.01',
  history: 'M3 12a9 9 0 1 0 3-6.700L3 8M3 3v5h5M12 7v5l3.500 2',
  compare: 'M7 4v13l-3-3M7 17l3-3M17 20V7l-3 3M17 7l3 3',
  help: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.500 9.500a2.500 2.500 0 1 1 3.700 2.200c-.8.4-1.200 1-1.200 1.800M12 16.700h.01',
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
  close: 'm6 6 12 12M18 6 6 18',
  calendar: 'M4 6h16v14H4zM4 10.500h16M8 3v5M16 3v5',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  left: 'm14 6-6 6 6 6',
  right: 'm10 6 6 6-6 6',
  download: 'M12 4v11M7.500 10.500 12 15l4.500-4.500M4 20h16',
  flag: 'M6 21V4M6 4.500h12l-3 4 3 4H6',
  chart: 'M4 4v16h16M8 15l4-5 3 3 5-7',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  expand: 'M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5',
  shrink: 'M4 9h5V4M20 9h-5V4M4 15h5v5M20 15h-5v5',
  more: 'M12 5.500h.01M12 12h.01M12 18.500h.01',
  panels: 'M4 4h9v7H4zM17 4h3v7h-3zM4 15h5v5H4zM13 15h7v5h-7z',
  grip: 'M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01',
  up: 'm7 14 5-5 5 5',
  show: 'M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  hide: 'M4 4l16 16M9.500 6A9 9 0 0 1 12 5.500c6 0 9.500 6.500 9.500 6.500a16 16 0 0 1-3 3.700M6.500 7.300A15 15 0 0 0 2.500 12S6 18.500 12 18.500a9 9 0 0 0 4-.9',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  check: 'm5 12.500 4.500 4.500L19 7.500',
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
