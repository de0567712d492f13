import { Component, computed, DestroyRef, effect, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { MatIconButton } from '@angular/material/button';
import { MatTooltip } from '@angular/material/tooltip';
import { NavigationEnd, Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { filter, map, retry } from 'rxjs';
import { ApiClient } from '../api/api-client.ts';
import { Icon, type IconName } from '../controls/icon.ts';
import { HealthNotice } from '../health/health-notice.ts';
import { WelcomeNotice } from '../pages/welcome/welcome-notice.ts';
import { GlobalShortcuts } from '../keyboard/global-shortcuts.ts';
import { PreferencesStore } from '../preferences/preferences-store.ts';
import { PreferencesSync } from '../preferences/preferences-sync.ts';
import { SessionStore } from '../session/session-store.ts';
import { ThemeStore } from '../theme/theme-store.ts';
import { PageFocus } from './page-focus.ts';
import { UserMenu } from './user-menu.ts';

/** Wait before asking again who is logged in. */
const ASK_AGAIN_MS = 3000;

/** A page on the rail. */
interface RailEntry {
  name: string;
  link: string;
  icon: IconName;
  /** Stands apart, below what is looked at daily. */
  isLast: boolean;
}

const PAGES: readonly RailEntry[] = [
  { name: 'Hosts', link: '/hosts', icon: 'hosts', isLast: false },
  { name: 'History', link: '/history', icon: 'history', isLast: false },
  { name: 'Compare', link: '/compare', icon: 'compare', isLast: false },
  { name: 'Settings', link: '/settings', icon: 'settings', isLast: true },
];

/** What surrounds every page but the log-in: the rail on the left, or at the bottom of a phone; nothing on a wall display (`?kiosk=1`). */
@Component({
  selector: 'pw-shell',
  imports: [RouterOutlet, RouterLink, RouterLinkActive, MatIconButton, MatTooltip, Icon, HealthNotice, WelcomeNotice, UserMenu],
  templateUrl: './shell.html',
  styleUrl: './shell.scss',
  host: { '[class.kiosk]': 'isKiosk()' },
})
export class Shell {
  readonly #session = inject(SessionStore);
  readonly #theme = inject(ThemeStore);
  readonly #preferences = inject(PreferencesStore);
  readonly #shortcuts = inject(GlobalShortcuts);
  readonly #router = inject(Router);
  readonly #address = toSignal(
    this.#router.events.pipe(
      filter((event) => event instanceof NavigationEnd),
      map(({ urlAfterRedirects }) => urlAfterRedirects),
    ),
    { initialValue: this.#router.url },
  );
  protected readonly pages = PAGES;
  protected readonly nextTheme = computed(() => (this.#theme.shown() === 'dark' ? 'light' : 'dark'));
  protected readonly isKiosk = computed(() => this.#router.parseUrl(this.#address()).queryParams['kiosk'] === '1');

  constructor() {
    const api = inject(ApiClient);
    inject(PreferencesSync);
    inject(PageFocus).follow(inject(DestroyRef));
    this.#shortcuts.bind(inject(DestroyRef));
    effect(() => this.#shortcuts.visited(this.#address()));
    effect((onCleanup) => {
      if (!this.#session.isLoggedIn()) return;
      // Without an answer nobody is an administrator; a refusal takes the token away, and with it this request.
      const request = api
        .me()
        .pipe(retry({ delay: ASK_AGAIN_MS }))
        .subscribe((me) => this.#session.me.set(me));
      onCleanup(() => request.unsubscribe());
    });
  }

  protected switchTheme(): void {
    this.#preferences.patch({ theme: this.nextTheme() });
  }

  protected help(): void {
    void this.#shortcuts.help();
  }
}
