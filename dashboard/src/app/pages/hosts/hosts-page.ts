import { Component, computed, effect, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router } from '@angular/router';
import { FleetHosts } from '../../fleet/fleet-hosts.ts';
import { FleetRanking } from '../../fleet/fleet-ranking.ts';
import { FleetStore } from '../../fleet/fleet-store.ts';
import { fleetQuery, readFleetView, type FleetView } from '../../fleet/fleet-view.ts';
import { FleetWatch } from '../../fleet/fleet-watch.ts';
import { foundHosts, sortedHosts, sortMeasure, tagKeys, type SortKey } from '../../fleet/host-lines.ts';
import { FrameClock } from '../../live/frame-clock.ts';
import { LiveConnection } from '../../live/live-connection.ts';
import { TaskList } from '../welcome/task-list.ts';
import { FleetNotice } from './fleet-notice.ts';
import { HostList } from './host-list.ts';
import { ROW_COLUMNS } from './host-sorts.ts';
import { HostsToolbar } from './hosts-toolbar.ts';
import { keptLayout } from './kept-layout.ts';

/** Every host. At the root address, a host that is alone is opened at once. */
@Component({
  selector: 'pw-hosts-page',
  imports: [FleetNotice, HostList, HostsToolbar, MatButton, TaskList],
  providers: [FrameClock, LiveConnection, FleetHosts, FleetWatch, FleetStore, FleetRanking],
  templateUrl: './hosts-page.html',
  styleUrl: './hosts-page.scss',
})
export default class HostsPage {
  /** Whether the only host there is should be opened; from the route. */
  readonly opensOnly = input(false);
  /** The list as the address has it. */
  readonly q = input<string>();
  readonly sort = input<string>();
  readonly group = input<string>();
  readonly view = input<string>();
  readonly #router = inject(Router);
  readonly #ranking = inject(FleetRanking);
  protected readonly fleet = inject(FleetStore);
  protected readonly columns = ROW_COLUMNS;
  readonly #kept = keptLayout();
  protected readonly shown = computed(() =>
    readFleetView({ q: this.q(), sort: this.sort(), group: this.group(), view: this.view() }, this.#kept.layout()),
  );
  protected readonly tags = computed(() => tagKeys(this.fleet.entries() ?? []), { equal: (a, b) => a.join('\n') === b.join('\n') });
  readonly #found = computed(() => foundHosts(this.fleet.entries() ?? [], this.shown().search));
  protected readonly sorted = computed(() => {
    const { sort: key, isReversed } = this.shown();
    return sortedHosts(this.#found(), { key, isReversed, values: this.#ranking.values() });
  });
  protected readonly summary = computed(() => {
    const entries = this.fleet.entries() ?? [];
    const of = (state: string) => entries.filter((entry) => entry.state === state).length;
    return { all: entries.length, found: this.#found().length, live: of('live'), stale: of('stale'), silent: of('silent') };
  });

  constructor() {
    effect(() => this.#ranking.measure.set(sortMeasure(this.shown().sort)));
    effect(() => {
      const entries = this.fleet.entries();
      const [only] = entries ?? [];
      if (this.opensOnly() && entries?.length === 1 && only !== undefined)
        void this.#router.navigate(['/hosts', only.host], { replaceUrl: true });
    });
  }

  protected change(change: Partial<FleetView>): void {
    const next = { ...this.shown(), ...change };
    if (change.layout !== undefined) this.#kept.keep(change.layout);
    void this.#router.navigate([], { queryParams: fleetQuery(next), queryParamsHandling: 'merge', replaceUrl: true });
  }

  /** A click on a column's head: sorts by it, and the other way round where it does already. */
  protected sortBy(key: SortKey): void {
    const { sort, isReversed } = this.shown();
    this.change({ sort: key, isReversed: sort === key && !isReversed });
  }

  /** Nobody's host moves away from under them. */
  protected onFocus(isAtHost: boolean): void {
    this.#ranking.mayMove.set(!isAtHost);
  }
}
