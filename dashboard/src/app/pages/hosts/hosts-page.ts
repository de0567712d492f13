import { Component, computed, DestroyRef, inject, input, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import type { Host } from '@perfwatch/contract';
import { timer } from 'rxjs';
import { ApiClient } from '../../api/api-client.ts';
import { problemText } from '../../api/problem-text.ts';
import { hostTile } from './host-tile.ts';

const REFRESH_MS = 10_000;

/** Every host as a tile. At the root address, a host that is alone is opened at once. */
@Component({
  selector: 'pw-hosts-page',
  imports: [RouterLink, MatButton],
  templateUrl: './hosts-page.html',
  styleUrl: './hosts-page.scss',
})
export default class HostsPage {
  /** Whether the only host there is should be opened; from the route. */
  readonly opensOnly = input(false);
  readonly #api = inject(ApiClient);
  readonly #router = inject(Router);
  readonly #destroyRef = inject(DestroyRef);
  readonly #hosts = signal<readonly Host[] | null>(null);
  protected readonly fault = signal<string | null>(null);
  protected readonly tiles = computed(() => this.#hosts()?.map((host) => hostTile(host, Date.now())) ?? null);

  constructor() {
    timer(0, REFRESH_MS)
      .pipe(takeUntilDestroyed())
      .subscribe(() => this.load());
  }

  protected load(): void {
    this.#api
      .hosts()
      .pipe(takeUntilDestroyed(this.#destroyRef))
      .subscribe({ next: ({ hosts }) => this.#show(hosts), error: (error: unknown) => this.fault.set(problemText(error)) });
  }

  #show(hosts: readonly Host[]): void {
    this.fault.set(null);
    const [only] = hosts;
    if (this.opensOnly() && hosts.length === 1 && only !== undefined) {
      void this.#router.navigate(['/hosts', only.host], { replaceUrl: true });
      return;
    }
    this.#hosts.set(hosts);
  }
}
