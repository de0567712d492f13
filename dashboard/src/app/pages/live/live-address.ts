import { DestroyRef, effect, inject, Injectable, untracked } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router } from '@angular/router';
import { LiveStore } from '../../live/live-store.ts';
import { PanelLayout } from '../../live/panel-layout.ts';
import { windowLabel, windowNamed } from '../../live/window.ts';

/** A hand that pans is followed when it rests. */
const SETTLE_MS = 300;

/** The page's state as query parameters; null for what is as usual. */
interface LiveParams {
  window: string | null;
  at: string | null;
  panel: string | null;
}

/** Window, pause and the panel alone, in the address and from it: what is seen can be sent to someone, and the browser's back leaves a panel. */
@Injectable()
export class LiveAddress {
  readonly #router = inject(Router);
  readonly #route = inject(ActivatedRoute);
  readonly #live = inject(LiveStore);
  readonly #layout = inject(PanelLayout);
  readonly #params = toSignal(this.#route.queryParamMap, { requireSync: true });
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor() {
    effect(() => this.#read());
    effect(() => {
      const queryParams = this.#wanted();
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#write(queryParams), SETTLE_MS);
    });
    inject(DestroyRef).onDestroy(() => {
      if (this.#timer !== null) clearTimeout(this.#timer);
    });
  }

  #wanted(): LiveParams {
    const pausedAtMs = this.#live.pausedAtMs();
    return {
      window: windowLabel(this.#live.windowMs()),
      at: pausedAtMs === null ? null : new Date(pausedAtMs).toISOString(),
      panel: this.#layout.asked(),
    };
  }

  #read(): void {
    const params = this.#params();
    untracked(() => {
      const windowMs = windowNamed(params.get('window') ?? undefined);
      if (windowMs !== null) this.#live.show(windowMs);
      const atMs = Date.parse(params.get('at') ?? '');
      if (!Number.isNaN(atMs)) this.#live.pauseAt(atMs);
      else if (this.#live.pausedAtMs() !== null) this.#live.goLive();
      this.#layout.fill(params.get('panel'));
    });
  }

  #write(queryParams: LiveParams): void {
    const params = this.#params();
    const isSame = (['window', 'at', 'panel'] as const).every((name) => params.get(name) === queryParams[name]);
    if (isSame) return;
    const opensPanel = queryParams.panel !== null && params.get('panel') === null;
    void this.#router.navigate([], {
      relativeTo: this.#route,
      queryParams,
      queryParamsHandling: 'merge',
      replaceUrl: !opensPanel,
    });
  }
}
