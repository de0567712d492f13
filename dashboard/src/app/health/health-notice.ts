import { Component, computed, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { catchError, defer, filter, map, of, repeat, switchMap, timer } from 'rxjs';
import { ApiClient } from '../api/api-client.ts';
import { Icon } from '../controls/icon.ts';
import { type HealthState, nextHealth, UNHEARD } from './health-watch.ts';

const ASK_EVERY_MS = 10_000;
/** While something is down or nothing answers, so that its return is noticed soon. */
const ASK_AGAIN_MS = 3000;

/** A few quiet lines above the page while something that PerfWatch is made of is down or has lost something; nothing otherwise. */
@Component({
  selector: 'pw-health-notice',
  imports: [Icon],
  template: `
    @if (lines().length > 0) {
      <div class="notice" data-testid="health-notice" [class.down]="isDown()">
        <pw-icon name="alert" />
        <ul>
          @for (line of lines(); track line.name) {
            <li>{{ line.text }}</li>
          }
        </ul>
      </div>
    }
  `,
  host: { role: 'status' },
  styleUrl: './health-notice.scss',
})
export class HealthNotice {
  readonly #api = inject(ApiClient);
  #state: HealthState = UNHEARD;
  #isFirst = true;
  protected readonly lines = toSignal(
    defer(() => timer(this.#waitMs())).pipe(
      // A page that nobody sees need not know.
      filter(() => document.visibilityState === 'visible'),
      switchMap(() => this.#api.readiness().pipe(catchError(() => of(null)))),
      map((readiness) => (this.#state = nextHealth(this.#state, readiness, { isOffline: !navigator.onLine })).lines),
      repeat(),
    ),
    { initialValue: [] },
  );
  protected readonly isDown = computed(() => this.lines().some((line) => line.isDown));

  #waitMs(): number {
    if (this.#isFirst) {
      this.#isFirst = false;
      return 0;
    }
    return this.#state.unanswered > 0 || this.#state.lines.some(({ isDown }) => isDown) ? ASK_AGAIN_MS : ASK_EVERY_MS;
  }
}
