import { Component, computed, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { catchError, filter, map, of, switchMap, timer } from 'rxjs';
import { ApiClient } from '../api/api-client.ts';
import { Icon } from '../controls/icon.ts';
import { healthLines } from './health-lines.ts';

const ASK_EVERY_MS = 10_000;

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
  protected readonly lines = toSignal(
    timer(0, ASK_EVERY_MS).pipe(
      // A page that nobody sees need not know.
      filter(() => document.visibilityState === 'visible'),
      // Without an answer the gateway itself is away, which the live connection says.
      switchMap(() => this.#api.readiness().pipe(catchError(() => of(null)))),
      map((readiness) => (readiness === null ? [] : healthLines(readiness))),
    ),
    { initialValue: [] },
  );
  protected readonly isDown = computed(() => this.lines().some((line) => line.isDown));
}
