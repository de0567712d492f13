import { Component, computed, effect, inject, Injector } from '@angular/core';
import { Dialog } from '@angular/cdk/dialog';
import { createGlobalPositionStrategy } from '@angular/cdk/overlay';
import { MatIconButton } from '@angular/material/button';
import { MatTooltip } from '@angular/material/tooltip';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { ApiClient } from '../api/api-client.ts';
import { Icon } from '../controls/icon.ts';
import { SessionStore } from '../session/session-store.ts';
import { ThemeStore } from '../theme/theme-store.ts';

/** What surrounds every page but the log-in: the rail on the left, or at the bottom of a phone. */
@Component({
  selector: 'pw-shell',
  imports: [RouterOutlet, RouterLink, RouterLinkActive, MatIconButton, MatTooltip, Icon],
  templateUrl: './shell.html',
  styleUrl: './shell.scss',
})
export class Shell {
  readonly #session = inject(SessionStore);
  readonly #theme = inject(ThemeStore);
  readonly #dialog = inject(Dialog);
  readonly #injector = inject(Injector);
  protected readonly nextTheme = computed(() => (this.#theme.shown() === 'dark' ? 'light' : 'dark'));

  constructor() {
    const api = inject(ApiClient);
    effect((onCleanup) => {
      if (!this.#session.isLoggedIn()) return;
      const request = api.me().subscribe({ next: (me) => this.#session.me.set(me), error: () => undefined });
      onCleanup(() => request.unsubscribe());
    });
  }

  /** Beside the rail; the panel is loaded when it is first asked for. */
  protected async openSettings(): Promise<void> {
    const { SettingsPanel } = await import('../settings/settings-panel.ts');
    const isPhone = window.matchMedia('(max-width: 700px)').matches;
    const corner = createGlobalPositionStrategy(this.#injector).bottom('var(--space-3)').left('calc(var(--rail) + var(--space-3))');
    const foot = createGlobalPositionStrategy(this.#injector).bottom('calc(var(--rail) + var(--space-3))').centerHorizontally();
    this.#dialog.open(SettingsPanel, {
      ariaLabelledBy: 'settings-title',
      positionStrategy: isPhone ? foot : corner,
      backdropClass: 'cdk-overlay-transparent-backdrop',
    });
  }

  protected switchTheme(): void {
    this.#theme.preference.set(this.nextTheme());
  }
}
