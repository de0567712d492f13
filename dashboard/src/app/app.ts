import { Component, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { LoadNotice } from './session/load-notice.ts';
import { ThemeStore } from './theme/theme-store.ts';

@Component({ selector: 'pw-root', imports: [RouterOutlet, LoadNotice], template: '<pw-load-notice /><router-outlet />' })
export class App {
  protected readonly theme = inject(ThemeStore);
}
