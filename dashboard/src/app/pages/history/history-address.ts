import { inject, Injectable } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router } from '@angular/router';
import { map } from 'rxjs';
import { readState, writeState, type HistoryState } from './history-state.ts';

/** The state of the page in the address bar: what is changed here, the browser's back and forward undo and redo. */
@Injectable()
export class HistoryAddress {
  readonly #route = inject(ActivatedRoute);
  readonly #router = inject(Router);
  readonly state = toSignal(this.#route.queryParamMap.pipe(map(readState)), {
    initialValue: readState(this.#route.snapshot.queryParamMap),
  });

  /** Changes a part of the state. `replaces` leaves no way back: for what nobody chose. */
  go(change: Partial<HistoryState>, { replaces }: { replaces: boolean } = { replaces: false }): void {
    const queryParams = writeState({ ...this.state(), ...change });
    void this.#router.navigate([], { relativeTo: this.#route, queryParams, replaceUrl: replaces });
  }
}
