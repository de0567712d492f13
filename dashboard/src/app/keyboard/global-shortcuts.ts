import { type DestroyRef, inject, Injectable, Injector } from '@angular/core';
import { Router } from '@angular/router';
import { Keyboard } from './keyboard.ts';

const LAST_HOST_KEY = 'perfwatch.lastHost';
const LIVE_ADDRESS = /^\/hosts\/([^/?#]+)/;

/** The host whose live page an address is; null for another page. */
export function hostOfAddress(url: string): string | null {
  const host = LIVE_ADDRESS.exec(url)?.[1];
  return host === undefined ? null : decodeURIComponent(host);
}

/** What single keys do on every page, and the dialogs that they open. */
@Injectable({ providedIn: 'root' })
export class GlobalShortcuts {
  readonly #router = inject(Router);
  readonly #injector = inject(Injector);
  readonly #keyboard = inject(Keyboard);

  /** Binds them until `destroyRef` is destroyed. */
  bind(destroyRef: DestroyRef): void {
    const on = (key: string, label: string, run: () => void) => this.#keyboard.on(key, { group: 'Everywhere', label, run }, destroyRef);
    on('/', 'Go to a page or host', () => void this.search());
    on('g h', 'Hosts', () => this.#go('/hosts'));
    on('g l', 'Live page of the last host', () => this.#goToLastHost());
    on('g y', 'History', () => this.#go('/history'));
    on('g c', 'Compare', () => this.#go('/compare'));
    on('g s', 'Settings', () => this.#go('/settings'));
    on('?', 'This list', () => void this.help());
  }

  /** Remembers the host of a live page for `g l`. */
  visited(url: string): void {
    const host = hostOfAddress(url);
    if (host !== null) localStorage.setItem(LAST_HOST_KEY, host);
  }

  async help(): Promise<void> {
    const { openShortcutHelp } = await import('./shortcut-help.ts');
    openShortcutHelp(this.#injector);
  }

  async search(): Promise<void> {
    const { openQuickSearch } = await import('./quick-search.ts');
    openQuickSearch(this.#injector);
  }

  #goToLastHost(): void {
    const host = localStorage.getItem(LAST_HOST_KEY);
    // The root address opens a host that is alone.
    if (host === null) this.#go('/');
    else this.#go('/hosts', host);
  }

  #go(...commands: string[]): void {
    void this.#router.navigate(commands);
  }
}
