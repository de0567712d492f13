import { Component, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { ThemeStore } from './theme/theme-store.ts';

@Component({ selector: 'pw-root', imports: [RouterOutlet], template: '<router-outlet />' })
export class App {
  protected readonly theme = inject(ThemeStore);
}
