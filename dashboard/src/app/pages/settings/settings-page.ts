import { Component, computed, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { MatFormField } from '@angular/material/form-field';
import { MatOption, MatSelect } from '@angular/material/select';
import { NavigationEnd, Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { filter, map } from 'rxjs';
import { SessionStore } from '../../session/session-store.ts';
import { Loading } from './loading.ts';
import { Notice } from './notice.ts';
import { accessTo, SECTIONS } from './sections.ts';

/** The sections of the settings beside the one that is open; on a phone a choice above it. */
@Component({
  selector: 'pw-settings-page',
  imports: [RouterOutlet, RouterLink, RouterLinkActive, MatFormField, MatSelect, MatOption, Loading, Notice],
  templateUrl: './settings-page.html',
  styleUrl: './settings-page.scss',
})
export default class SettingsPage {
  readonly #router = inject(Router);
  readonly #me = inject(SessionStore).me;
  protected readonly sections = computed(() => SECTIONS.filter((section) => accessTo(section, this.#me()) === 'open'));
  readonly #url = toSignal(
    this.#router.events.pipe(
      filter((event) => event instanceof NavigationEnd),
      map((event) => event.urlAfterRedirects),
    ),
    { initialValue: this.#router.url },
  );
  protected readonly open = computed(() => /^\/settings\/([^/?#]+)/.exec(this.#url())?.[1] ?? null);
  readonly #section = computed(() => SECTIONS.find(({ path }) => path === this.open()) ?? null);
  protected readonly access = computed(() => accessTo(this.#section(), this.#me()));
  protected readonly refusal = computed(() => `Only administrators see ${this.#section()?.title ?? 'this'}. Ask one of them.`);

  protected go(path: string): void {
    void this.#router.navigate(['/settings', path]);
  }
}
