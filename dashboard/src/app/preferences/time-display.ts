import { computed, inject, Injectable } from '@angular/core';
import { clockIn } from '../format/clock.ts';
import { PreferencesStore } from './preferences-store.ts';

/** The clock in which the whole dashboard shows times: the viewer's zone, or UTC. */
@Injectable({ providedIn: 'root' })
export class TimeDisplay {
  readonly #preferences = inject(PreferencesStore);
  readonly clock = computed(() => clockIn(this.#preferences.timeZone()));
}
