import { Component, computed, inject } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { MatTooltip } from '@angular/material/tooltip';
import { RouterLink } from '@angular/router';
import { ApiClient } from '../api/api-client.ts';
import { Icon } from '../controls/icon.ts';
import { GlobalShortcuts } from '../keyboard/global-shortcuts.ts';
import { THEMES, type Theme } from '../preferences/preferences.ts';
import { PreferencesStore } from '../preferences/preferences-store.ts';
import { SessionStore } from '../session/session-store.ts';

const ROLES = { admin: 'Administrator', viewer: 'Viewer' } as const;
const THEME_NAMES: Readonly<Record<Theme, string>> = { dark: 'Dark theme', light: 'Light theme', system: 'Theme of the device' };

/** Who is logged in, and what concerns them. */
@Component({
  selector: 'pw-user-menu',
  imports: [MatIconButton, MatMenu, MatMenuItem, MatMenuTrigger, MatTooltip, RouterLink, Icon],
  templateUrl: './user-menu.html',
  styleUrl: './user-menu.scss',
})
export class UserMenu {
  readonly #api = inject(ApiClient);
  readonly #session = inject(SessionStore);
  readonly #shortcuts = inject(GlobalShortcuts);
  protected readonly preferences = inject(PreferencesStore);
  protected readonly themes = THEMES.map((value) => ({ value, name: THEME_NAMES[value] }));
  protected readonly me = this.#session.me;
  protected readonly initial = computed(() => this.me()?.username.charAt(0).toUpperCase() ?? '');
  protected readonly role = computed(() => {
    const role = this.me()?.role;
    return role === undefined ? '' : ROLES[role];
  });

  protected help(): void {
    void this.#shortcuts.help();
  }

  protected logOut(): void {
    const leave = () => this.#session.end(null);
    this.#api.logOut().subscribe({ next: leave, error: leave });
  }
}
