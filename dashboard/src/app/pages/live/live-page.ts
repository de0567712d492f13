import { Component, computed, effect, inject, input } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { MatButton } from '@angular/material/button';
import { CollectorStore } from '../../live/collector-store.ts';
import { FrameClock } from '../../live/frame-clock.ts';
import { LiveConnection } from '../../live/live-connection.ts';
import { LiveStore } from '../../live/live-store.ts';
import { PanelSlot } from '../../panels/panel-slot.ts';
import { Vitals } from '../../panels/vitals.ts';
import { LiveHeader } from './live-header.ts';

/** One host, now. */
@Component({
  selector: 'pw-live-page',
  imports: [LiveHeader, Vitals, PanelSlot, MatButton],
  providers: [FrameClock, LiveConnection, LiveStore, CollectorStore],
  template: `
    <pw-live-header />
    <main>
      @if (collectors.names().length > 0) {
        <h2 class="visually-hidden">Live figures</h2>
        <pw-vitals />
        <div class="panels">
          @for (name of collectors.names(); track name) {
            <pw-panel-slot [collector]="name" />
          }
        </div>
      } @else if (collectors.fault(); as text) {
        <section class="empty" role="alert">
          <p>{{ text }}</p>
          <button matButton (click)="collectors.load()">Retry</button>
        </section>
      } @else if (isLoading()) {
        <p class="visually-hidden">Loading</p>
        <div class="panels" aria-hidden="true">
          <div class="skeleton"></div>
          <div class="skeleton"></div>
          <div class="skeleton"></div>
        </div>
      } @else {
        <section class="empty">
          <p>
            Nothing has been heard of <strong>{{ host() }}</strong> in the window shown. When one of its collectors publishes, its figures
            appear here.
          </p>
        </section>
      }
    </main>
  `,
  styleUrl: './live-page.scss',
})
export default class LivePage {
  /** From the route. */
  readonly host = input.required<string>();
  readonly #live = inject(LiveStore);
  protected readonly collectors = inject(CollectorStore);
  protected readonly isLoading = computed(() => this.#live.isLoading());

  constructor() {
    const title = inject(Title);
    effect(() => {
      this.#live.host.set(this.host());
      title.setTitle(`${this.host()} · PerfWatch`);
    });
  }
}
