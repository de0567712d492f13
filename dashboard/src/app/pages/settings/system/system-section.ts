import { Component, computed, DestroyRef, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { SystemReply } from '@perfwatch/contract';
import { catchError, EMPTY, exhaustMap, filter, fromEvent, merge, Subject, timer } from 'rxjs';
import { problemText } from '../../../api/problem-text.ts';
import { SystemApi } from '../../../api/system-api.ts';
import { Value } from '../../../controls/value.ts';
import { middleCut } from '../../../format/format.ts';
import { Card } from '../card.ts';
import { Loading } from '../loading.ts';
import { Notice } from '../notice.ts';
import { ServiceTable } from './service-table.ts';
import { outboxes, serviceLines, totalCost, uptimeText } from './system-view.ts';

const REFRESH_MS = 5000;
const LONGEST_NAME = 24;

/** What PerfWatch is made of, how it is and what it costs; refreshed while it is looked at. */
@Component({
  selector: 'pw-system-section',
  imports: [Card, Loading, Notice, ServiceTable, Value],
  templateUrl: './system-section.html',
  styleUrls: ['../controls.scss', '../figure-list.scss', './system-section.scss'],
})
export default class SystemSection {
  readonly #api = inject(SystemApi);
  readonly #again = new Subject<void>();
  protected readonly report = signal<SystemReply | null>(null);
  protected readonly fault = signal<string | null>(null);
  readonly #nowMs = signal(Date.now());
  protected readonly services = computed(() => {
    const report = this.report();
    return report === null ? { server: [], collectors: [] } : serviceLines(report);
  });
  protected readonly cost = computed(() => totalCost(this.report()?.processes ?? []));
  protected readonly outboxes = computed(() => outboxes(this.report()?.processes ?? []));
  protected readonly nats = computed(() => this.report()?.readiness.dependencies['nats'] ?? null);
  protected readonly database = computed(() => this.report()?.readiness.dependencies['database'] ?? null);
  protected readonly oldestSeconds = computed(() => {
    const oldest = this.report()?.stream?.oldest ?? null;
    return oldest === null ? null : Math.max(0, (this.#nowMs() - Date.parse(oldest)) / 1000);
  });
  protected readonly short = (name: string) => middleCut(name, LONGEST_NAME);

  constructor() {
    const isLookedAt = () => !document.hidden;
    const shown = fromEvent(document, 'visibilitychange');
    merge(timer(0, REFRESH_MS), this.#again, shown)
      .pipe(
        filter(isLookedAt),
        exhaustMap(() =>
          this.#api.report().pipe(
            catchError((error: unknown) => {
              this.fault.set(problemText(error));
              return EMPTY;
            }),
          ),
        ),
        takeUntilDestroyed(inject(DestroyRef)),
      )
      .subscribe((report) => {
        this.fault.set(null);
        this.#nowMs.set(Date.now());
        this.report.set(report);
      });
  }

  protected load(): void {
    this.#again.next();
  }

  protected uptime(startedAt: string): string {
    return uptimeText(startedAt, this.#nowMs());
  }
}
