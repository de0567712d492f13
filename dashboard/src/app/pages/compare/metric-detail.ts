import { afterRenderEffect, Component, computed, ElementRef, inject, input, output, signal } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { CompareReply } from '@perfwatch/contract';
import { catchError, combineLatest, map, of, switchMap } from 'rxjs';
import { CompareApi } from '../../api/compare-api.ts';
import { problemText } from '../../api/problem-text.ts';
import { Value } from '../../controls/value.ts';
import type { ComparisonRow } from './comparison-rows.ts';
import { OverlayChart } from './overlay-chart.ts';
import { overlaySpec } from './overlay-series.ts';
import { absenceReason, verdictReason } from './verdict.ts';

const FIGURES = ['avg', 'min', 'max', 'p50', 'p95'] as const;

/** One metric in both windows: the chart, its figures, and the way to History. */
@Component({
  selector: 'pw-metric-detail',
  imports: [OverlayChart, MatButton, RouterLink, Value],
  templateUrl: './metric-detail.html',
  styleUrl: './metric-detail.scss',
})
export class MetricDetail {
  readonly row = input.required<ComparisonRow>();
  /** The comparison of all metrics, of which this is one. */
  readonly whole = input.required<CompareReply>();
  readonly closed = output();
  readonly #api = inject(CompareApi);
  readonly #attempt = signal(0);
  readonly #loaded = signal<{ key: string; reply: CompareReply | null; fault: string | null } | null>(null);
  readonly #current = computed(() => (this.#loaded()?.key === this.row().key ? this.#loaded() : null));
  protected readonly fault = computed(() => this.#current()?.fault ?? null);
  protected readonly spec = computed(() => {
    const reply = this.#current()?.reply ?? null;
    return reply === null ? null : overlaySpec(reply, this.row());
  });
  protected readonly range = computed(() => ({
    fromMs: 0,
    toMs: 1000 * Math.max(this.whole().window_1.seconds, this.whole().window_2.seconds),
  }));
  protected readonly figures = FIGURES;
  protected readonly windows = computed(() => {
    const { comparison } = this.row();
    return [
      { name: 'This period', absence: absenceReason('this'), values: FIGURES.map((figure) => comparison.window_1[figure]) },
      { name: 'Before', absence: absenceReason('before'), values: FIGURES.map((figure) => comparison.window_2[figure]) },
    ];
  });
  protected readonly reason = computed(() => verdictReason(this.row().comparison));
  protected readonly historyQuery = computed(() => {
    const { host, window_1: shown } = this.whole();
    return { host, m: this.row().key, from: shown.start_time, to: shown.end_time };
  });

  constructor() {
    const element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    const key = computed(() => this.row().key);
    afterRenderEffect(() => {
      key();
      element.scrollIntoView({ block: 'nearest' });
    });
    combineLatest([toObservable(this.row), toObservable(this.whole), toObservable(this.#attempt)])
      .pipe(
        switchMap(([{ key, comparison }, { host, window_1: one, window_2: two }]) =>
          this.#api
            .compare({
              host,
              metric_type: comparison.collector,
              fields: comparison.path,
              start_time_1: one.start_time,
              end_time_1: one.end_time,
              start_time_2: two.start_time,
              end_time_2: two.end_time,
            })
            .pipe(
              map((reply) => ({ key, reply, fault: null })),
              catchError((error: unknown) => of({ key, reply: null, fault: problemText(error) })),
            ),
        ),
        takeUntilDestroyed(),
      )
      .subscribe((loaded) => this.#loaded.set(loaded));
  }

  protected retry(): void {
    this.#loaded.set(null);
    this.#attempt.update((attempt) => attempt + 1);
  }
}
