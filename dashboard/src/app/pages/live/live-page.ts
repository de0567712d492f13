import { Component, computed, DestroyRef, effect, inject, input, signal } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { AnnotationsStore } from '../../annotations/annotations-store.ts';
import { CollectorStore } from '../../live/collector-store.ts';
import { FrameClock } from '../../live/frame-clock.ts';
import { LiveConnection } from '../../live/live-connection.ts';
import { LiveSamples } from '../../live/live-samples.ts';
import { LiveStore } from '../../live/live-store.ts';
import { PanelLayout } from '../../live/panel-layout.ts';
import { PastStore } from '../../live/past-store.ts';
import { PanelSlot } from '../../panels/panel-slot.ts';
import { Vitals } from '../../panels/vitals.ts';
import { ThemeStore } from '../../theme/theme-store.ts';
import { ChartPan } from './chart-pan.ts';
import { LiveActions } from './live-actions.ts';
import { LiveAddress } from './live-address.ts';
import { LiveHeader } from './live-header.ts';
import { bindLiveKeys } from './live-keys.ts';

/** A pointer that has rested this long is not in use: a wall display shows none. */
const STILL_AFTER_MS = 3000;

/** One host, now. */
@Component({
  selector: 'pw-live-page',
  imports: [LiveHeader, Vitals, PanelSlot, MatButton, ChartPan, RouterLink],
  providers: [
    FrameClock,
    LiveConnection,
    PastStore,
    LiveSamples,
    LiveStore,
    CollectorStore,
    PanelLayout,
    AnnotationsStore,
    LiveActions,
    LiveAddress,
  ],
  template: `
    <pw-live-header />
    <main pwChartPan [class.kiosk]="isKiosk()" [class.still]="isStill()" [class.arranged]="layout.isArranged()" (pointermove)="onPointer()">
      @if (collectors.names().length > 0) {
        <h2 class="visually-hidden">Live figures</h2>
        <pw-vitals [class.covered]="layout.fullScreen() !== null" />
        <div class="panels">
          @for (name of layout.shown(); track name) {
            <pw-panel-slot [collector]="name" [class.covered]="layout.onlyCollector() !== null && layout.onlyCollector() !== name" />
          } @empty {
            <section class="empty">
              <p>Every panel is hidden.</p>
              <button matButton (click)="layout.reset()">Show all</button>
            </section>
          }
        </div>
      } @else if (collectors.isUnknownHost()) {
        <section class="empty" data-testid="unknown-host">
          <p>
            There is no host called <strong>{{ host() }}</strong>. Every host that has ever sent something is on the Hosts page.
          </p>
          <a matButton routerLink="/hosts">To the hosts</a>
        </section>
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
  /** From the address: `1` on a wall display. */
  readonly kiosk = input<string>();
  protected readonly isKiosk = computed(() => this.kiosk() === '1');
  readonly #live = inject(LiveStore);
  protected readonly layout = inject(PanelLayout);
  protected readonly isStill = signal(false);
  #stillTimer: ReturnType<typeof setTimeout> | null = null;
  protected readonly collectors = inject(CollectorStore);
  protected readonly isLoading = computed(() => this.#live.isLoading());

  constructor() {
    const title = inject(Title);
    const { isOnWall } = inject(ThemeStore);
    inject(LiveAddress);
    bindLiveKeys();
    this.onPointer();
    effect(() => isOnWall.set(this.isKiosk()));
    inject(DestroyRef).onDestroy(() => {
      isOnWall.set(false);
      if (this.#stillTimer !== null) clearTimeout(this.#stillTimer);
    });
    effect(() => {
      this.#live.host.set(this.host());
      title.setTitle(`${this.host()} · PerfWatch`);
    });
  }

  protected onPointer(): void {
    if (this.#stillTimer !== null) clearTimeout(this.#stillTimer);
    if (this.isStill()) this.isStill.set(false);
    this.#stillTimer = setTimeout(() => this.isStill.set(true), STILL_AFTER_MS);
  }
}
