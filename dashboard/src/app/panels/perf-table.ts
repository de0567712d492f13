import { Component, computed, inject } from '@angular/core';
import { Sparkline } from '../charts/sparkline.ts';
import { Value } from '../controls/value.ts';
import { CollectorStore } from '../live/collector-store.ts';
import { LiveStore } from '../live/live-store.ts';
import { eventRows, hasHardware } from './perf-rows.ts';

const NO_INSTRUCTIONS = 'Not known at this tick, or this machine does not count instructions';

/** The raw rates of all events that are counted. What was counted only a part of the time is fainter. */
@Component({
  selector: 'pw-perf-table',
  imports: [Value, Sparkline],
  template: `
    <div class="scroll" tabindex="0" role="group" aria-label="Raw rates">
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">event</th>
            <th scope="col">per second</th>
            @if (hasHardware()) {
              <th scope="col">per 1k instr.</th>
              <th scope="col">miss</th>
            }
            <th scope="col" title="Share of the time that it was counted; the rest is reckoned">counted</th>
          </tr>
        </thead>
        <tbody>
          @for (row of rows(); track row.title) {
            <tr [class.faded]="row.opacity < 1" [attr.data-testid]="'perf-event-' + row.path.metric">
              <th scope="row" [title]="row.help">{{ row.title }}</th>
              <td [style.opacity]="row.opacity">
                <div>
                  @if (!hasHardware()) {
                    <pw-sparkline collector="perf-events" [path]="row.path" colour="grey" />
                  }
                  <pw-value [value]="row.perSec" unit="per_sec" [reason]="row.reason" />
                </div>
              </td>
              @if (hasHardware()) {
                <td [style.opacity]="row.opacity">
                  @if (row.isHardware) {
                    <pw-value [value]="row.perKilo" unit="ratio" [reason]="row.perSec === null ? row.reason : noInstructions" />
                  }
                </td>
                <td [style.opacity]="row.opacity">
                  @if (row.hasMiss) {
                    <pw-value [value]="row.missPercent" unit="percent" [reason]="row.reason" />
                  }
                </td>
              }
              <td [style.opacity]="row.opacity"><pw-value [value]="row.countedPercent" unit="percent" [reason]="row.reason" /></td>
            </tr>
          }
        </tbody>
      </table>
    </div>
  `,
  styleUrl: './figure-table.scss',
  styles: `
    .scroll {
      overflow-x: auto;
    }
    .faded td {
      --muted: var(--text);
    }
    td div {
      display: flex;
      gap: var(--space-2);
      align-items: center;
      justify-content: flex-end;
    }
    pw-sparkline {
      flex: 0 1 var(--column);
      height: var(--spark-row);
    }
    td div pw-value {
      min-width: 72px;
    }
  `,
})
export class PerfTable {
  readonly #live = inject(LiveStore);
  readonly #collectors = inject(CollectorStore);
  protected readonly noInstructions = NO_INSTRUCTIONS;
  readonly #info = computed(() => this.#collectors.info('perf-events'));
  protected readonly hasHardware = computed(() => hasHardware(this.#info()));
  protected readonly rows = computed(() =>
    eventRows({
      info: this.#info(),
      sampleReason: this.#live.latest('perf-events')?.reason ?? null,
      read: (path) => this.#live.value('perf-events', path),
    }),
  );
}
