import { Component, computed, effect, inject, Injector } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatTooltip } from '@angular/material/tooltip';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { ApiClient } from '../api/api-client.ts';
import { Icon } from '../controls/icon.ts';
import { HealthNotice } from '../health/health-notice.ts';
import { SessionStore } from '../session/session-store.ts';
import { ThemeStore } from '../theme/theme-store.ts';

/** What surrounds every page but the log-in: the rail on the left, or at the bottom of a phone. */
@Component({
  selector: 'pw-shell',
  imports: [RouterOutlet, RouterLink, RouterLinkActive, MatIconButton, MatTooltip, Icon, HealthNotice],
  templateUrl: './shell.html',
  styleUrl: './shell.scss',
})
export class Shell {
  readonly #session = inject(SessionStore);
  readonly #theme = inject(ThemeStore);
  readonly #injector = inject(Injector);
  protected readonly nextTheme = computed(() => (this.#theme.shown() === 'dark' ? 'light' : 'dark'));

  constructor() {
    const api = inject(ApiClient);
    effect((onCleanup) => {
      if (this.#session.token() === null) return;
      const request = api.me().subscribe({ next: (me) => this.#session.me.set(me), error: () => undefined });
      onCleanup(() => request.unsubscribe());
    });
  }

  protected async openSettings(): Promise<void> {
    const { openSettings } = await import('../settings/open-settings.ts');
    openSettings(this.#injector);
  }

  protected switchTheme(): void {
    this.#theme.preference.set(this.nextTheme());
  }
}
