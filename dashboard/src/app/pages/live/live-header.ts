import { Component, computed, effect, inject, signal } from '@angular/core';
import { takeUntilDestroyed, toSignal } from '@angular/core/rxjs-interop';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { MatTooltip } from '@angular/material/tooltip';
import { interval, map } from 'rxjs';
import { AnnotationsStore } from '../../annotations/annotations-store.ts';
import { ApiClient } from '../../api/api-client.ts';
import { Icon } from '../../controls/icon.ts';
import { Segments } from '../../controls/segments.ts';
import { ageText } from '../../format/format.ts';
import { LiveStore } from '../../live/live-store.ts';
import { PanelLayout } from '../../live/panel-layout.ts';
import { isSilent, silentAfterMs } from '../../live/silence.ts';
import { WINDOWS } from '../../live/window.ts';
import { SessionStore } from '../../session/session-store.ts';
import { HostSwitcher } from './host-switcher.ts';
import { inventoryChips } from './inventory-chips.ts';
import { LiveActions } from './live-actions.ts';
import { LiveNotices } from './live-notices.ts';

const STATE_TEXTS = { connecting: 'Connecting', connected: 'Live', reconnecting: 'Reconnecting', failed: 'Connection failed' } as const;
const CLOCK_MS = 500;

/** Which host, how fresh, and how much of the past: above everything on the live page. */
@Component({
  selector: 'pw-live-header',
  imports: [MatButton, MatIconButton, MatMenu, MatMenuItem, MatMenuTrigger, MatTooltip, Segments, HostSwitcher, Icon, LiveNotices],
  templateUrl: './live-header.html',
  host: { role: 'banner' },
  styleUrl: './live-header.scss',
})
export class LiveHeader {
  protected readonly live = inject(LiveStore);
  protected readonly actions = inject(LiveActions);
  protected readonly layout = inject(PanelLayout);
  protected readonly annotations = inject(AnnotationsStore);
  protected readonly session = inject(SessionStore);
  protected readonly windows = WINDOWS;
  readonly #api = inject(ApiClient);
  readonly #nowMs = toSignal(
    interval(CLOCK_MS).pipe(
      map(() => performance.now()),
      takeUntilDestroyed(),
    ),
    { initialValue: 0 },
  );
  protected readonly state = this.live.connection.state;
  /** When the connection came about, by `performance.now()`. */
  readonly #connectedAtMs = signal(0);
  protected readonly hosts = signal<readonly string[]>([]);
  protected readonly chips = computed(() => inventoryChips(this.live.inventory()));
  /** Connected, but nothing comes. */
  protected readonly isSilent = computed(() => {
    const allowedMs = silentAfterMs({ intervalsMs: this.live.intervalsMs(), configuredMs: this.live.config()?.interval_ms ?? null });
    const receivedAtMs = this.live.receivedAtMs();
    return (
      this.state() === 'connected' &&
      isSilent(this.#nowMs(), {
        receivedAtMs,
        connectedAtMs: this.#connectedAtMs(),
        hasPast: this.live.collectors().length > 0,
        allowedMs,
      })
    );
  });
  protected readonly stateText = computed(() => {
    if (this.isSilent()) return 'No new samples';
    return this.state() === 'connected' && this.live.receivedAtMs() === null ? 'Connected' : STATE_TEXTS[this.state()];
  });
  protected readonly age = computed(() => {
    const receivedAtMs = this.live.receivedAtMs();
    return receivedAtMs === null ? null : ageText(this.#nowMs() - receivedAtMs);
  });
  protected readonly isPaused = computed(() => this.live.pausedAtMs() !== null);
  protected readonly panelsText = computed(() => {
    const hidden = this.layout.hidden().length;
    return hidden === 0 ? 'Edit panels' : `Edit panels (${hidden} hidden)`;
  });

  constructor() {
    effect(() => {
      if (this.state() === 'connected') this.#connectedAtMs.set(performance.now());
    });
    this.#api
      .hosts()
      .pipe(takeUntilDestroyed())
      .subscribe({ next: ({ hosts }) => this.hosts.set(hosts.map(({ host }) => host)), error: () => this.hosts.set([]) });
  }
}
