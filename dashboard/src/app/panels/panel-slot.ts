import { Component, computed, inject, input } from '@angular/core';
import { CollectorStore } from '../live/collector-store.ts';
import { isDrawn } from '../live/panel-order.ts';
import { BandwidthPanel } from './bandwidth-panel.ts';
import { CpuPanel } from './cpu-panel.ts';
import { DiskPanel } from './disk-panel.ts';
import { ExplainedPanel } from './explained-panel.ts';
import { GenericPanel } from './generic-panel.ts';
import { MemoryPanel } from './memory-panel.ts';
import { NetworkPanel } from './network-panel.ts';
import { PerfPanel } from './perf-panel.ts';
import { PressurePanel } from './pressure-panel.ts';

/**
 * The cards of one collector: made by hand where there are such, drawn from the catalog otherwise, an explanation when there is nothing
 * to draw. All but the first are fetched and made when they come into view; until then their place is kept. A rim of the third row that is in
 * view does not count: few look at it, and the first load is small.
 */
@Component({
  selector: 'pw-panel-slot',
  imports: [CpuPanel, MemoryPanel, NetworkPanel, DiskPanel, PerfPanel, BandwidthPanel, PressurePanel, GenericPanel, ExplainedPanel],
  template: `
    @if (!isDrawn()) {
      <pw-explained-panel [collector]="collector()" />
    } @else {
      @switch (collector()) {
        @case ('cpu') {
          <pw-cpu-panel />
        }
        @case ('memory') {
          @defer (on viewport) {
            <pw-memory-panel />
          } @placeholder {
            <div class="place" data-testid="panel-memory"></div>
          }
        }
        @case ('network') {
          @defer (on viewport) {
            <pw-network-panel />
          } @placeholder {
            <div class="place" data-testid="panel-network"></div>
          }
        }
        @case ('disk') {
          @defer (on viewport) {
            <pw-disk-panel />
          } @placeholder {
            <div class="place" data-testid="panel-disk"></div>
          }
        }
        @case ('perf-events') {
          @defer (on viewport({ rootMargin: '-96px' })) {
            <pw-perf-panel />
          } @placeholder {
            <div class="place half" data-testid="panel-perf-events"></div>
          }
        }
        @case ('memory-bandwidth') {
          @defer (on viewport({ rootMargin: '-96px' })) {
            <pw-bandwidth-panel />
          } @placeholder {
            <div class="place quarter" data-testid="panel-memory-bandwidth"></div>
          }
        }
        @case ('pressure') {
          @defer (on viewport({ rootMargin: '-96px' })) {
            <pw-pressure-panel />
          } @placeholder {
            <div class="place quarter" data-testid="panel-pressure"></div>
          }
        }
        @default {
          @defer (on viewport) {
            <pw-generic-panel [collector]="collector()" />
          } @placeholder {
            <div class="place whole" [attr.data-testid]="'panel-' + collector()"></div>
          }
        }
      }
    }
  `,
  styles: `
    :host {
      display: contents;
    }
    .place {
      grid-column: span 4;
      min-height: var(--place);
      border: var(--hairline) solid var(--line);
      border-radius: var(--radius);
      background: var(--surface);
    }
    .half {
      grid-column: span 6;
    }
    .quarter {
      grid-column: span 3;
    }
    .whole {
      grid-column: span 12;
      order: 2;
    }
    :host-context(.arranged) .whole {
      order: 0;
    }
    @media (max-width: 1150px) {
      .place {
        grid-column: span 6;
      }
      .whole {
        grid-column: span 12;
      }
    }
    @media (max-width: 700px) {
      .place {
        grid-column: span 12;
      }
    }
  `,
})
export class PanelSlot {
  readonly collector = input.required<string>();
  readonly #collectors = inject(CollectorStore);
  protected readonly isDrawn = computed(() => isDrawn(this.#collectors.health(this.collector()).status));
}
