import { Component, computed, inject, signal } from '@angular/core';
import { DialogRef } from '@angular/cdk/dialog';
import { MatButton } from '@angular/material/button';
import { MatFormField } from '@angular/material/form-field';
import { MatOption, MatSelect } from '@angular/material/select';
import { MatSlideToggle } from '@angular/material/slide-toggle';
import type { CatalogEntry, Config, ConfigUpdate } from '@perfwatch/contract';
import { forkJoin } from 'rxjs';
import { ApiClient } from '../api/api-client.ts';
import { problemText } from '../api/problem-text.ts';
import { Icon } from '../controls/icon.ts';
import { Segments } from '../controls/segments.ts';
import { SessionStore } from '../session/session-store.ts';
import { THEMES, ThemeStore } from '../theme/theme-store.ts';
import { collectorSwitches, intervalChoices } from './choices.ts';

/** The small settings: appearance for everyone, collection for administrators. */
@Component({
  selector: 'pw-settings-panel',
  imports: [MatButton, MatFormField, MatSelect, MatOption, MatSlideToggle, Segments, Icon],
  templateUrl: './settings-panel.html',
  styleUrl: './settings-panel.scss',
})
export class SettingsPanel {
  readonly #dialog = inject(DialogRef);
  readonly #api = inject(ApiClient);
  readonly #session = inject(SessionStore);
  protected readonly theme = inject(ThemeStore);
  protected readonly themes = THEMES.map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1) }));
  protected readonly me = this.#session.me;
  protected readonly isAdmin = this.#session.isAdmin;
  protected readonly config = signal<Config | null>(null);
  protected readonly fault = signal<string | null>(null);
  readonly #catalogs = signal<readonly CatalogEntry[]>([]);
  protected readonly intervals = computed(() => intervalChoices(this.config()?.interval_ms ?? null));
  protected readonly collectors = computed(() => collectorSwitches(this.#catalogs(), this.config()));

  constructor() {
    this.load();
  }

  protected load(): void {
    this.fault.set(null);
    forkJoin({ config: this.#api.config(), catalog: this.#api.catalog() }).subscribe({
      next: ({ config, catalog }) => {
        this.config.set(config);
        this.#catalogs.set(catalog.collectors);
      },
      error: (error: unknown) => this.fault.set(problemText(error)),
    });
  }

  protected setIntervalMs(intervalMs: number): void {
    this.#update({ interval_ms: intervalMs });
  }

  protected setEnabled(collector: string, enabled: boolean): void {
    this.#update({ collectors: { [collector]: { enabled } } });
  }

  protected logOut(): void {
    this.#dialog.close();
    const leave = () => this.#session.end(null);
    this.#api.logOut().subscribe({ next: leave, error: leave });
  }

  #update(update: ConfigUpdate): void {
    this.fault.set(null);
    this.#api.updateConfig(update).subscribe({
      next: (config) => this.config.set(config),
      error: (error: unknown) => {
        this.fault.set(problemText(error));
        this.config.update((config) => (config === null ? null : { ...config }));
      },
    });
  }
}
