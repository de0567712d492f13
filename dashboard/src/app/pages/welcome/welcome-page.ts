import { Component, computed, inject } from '@angular/core';
import { rxResource } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { map, of, switchMap } from 'rxjs';
import { ApiClient } from '../../api/api-client.ts';
import { problemText } from '../../api/problem-text.ts';
import { Icon, type IconName } from '../../controls/icon.ts';
import { collectedOf, type Collected } from './collected.ts';
import { FirstVisit } from './first-visit.ts';
import { reportedHere } from './reported-here.ts';
import { TaskList } from './task-list.ts';

const LOOKS: Readonly<Record<Collected['state'], { icon: IconName; tone: string }>> = {
  running: { icon: 'check', tone: 'ok' },
  off: { icon: 'off', tone: 'calm' },
  failing: { icon: 'alert', tone: 'bad' },
};

/** What PerfWatch collects here already, and how to make it see more. */
@Component({
  selector: 'pw-welcome-page',
  imports: [Icon, MatButton, RouterLink, TaskList],
  templateUrl: './welcome-page.html',
  styleUrl: './welcome.scss',
})
export default class WelcomePage {
  readonly #api = inject(ApiClient);
  protected readonly looks = LOOKS;
  readonly #here = rxResource({
    stream: () =>
      this.#api.hosts().pipe(
        map(({ hosts }) => reportedHere(hosts)),
        switchMap((host) =>
          host === null
            ? of({ host, collected: [] })
            : this.#api.catalog(host.host).pipe(map(({ collectors }) => ({ host, collected: collectedOf(collectors) }))),
        ),
      ),
  });
  protected readonly fault = computed(() => {
    const error = this.#here.error();
    return error === undefined ? null : problemText(error.cause ?? error);
  });
  protected readonly here = computed(() => (this.#here.hasValue() ? this.#here.value() : null));
  protected readonly numbers = computed(() => this.here()?.collected.reduce((sum, { known }) => sum + known, 0) ?? 0);

  constructor() {
    inject(FirstVisit).finish();
  }

  protected retry(): void {
    this.#here.reload();
  }
}
