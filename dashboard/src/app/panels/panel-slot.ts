import { Component, computed, inject, input } from '@angular/core';
import { CollectorStore } from '../live/collector-store.ts';
import { isDrawn } from '../live/panel-order.ts';
import { CpuPanel } from './cpu-panel.ts';
import { ExplainedPanel } from './explained-panel.ts';
import { GenericPanel } from './generic-panel.ts';
import { MemoryPanel } from './memory-panel.ts';

/** The card of one collector: made by hand where there is one, drawn from the catalog otherwise, an explanation when there is nothing to draw. */
@Component({
  selector: 'pw-panel-slot',
  imports: [CpuPanel, MemoryPanel, GenericPanel, ExplainedPanel],
  template: `
    @if (isDrawn()) {
      @switch (collector()) {
        @case ('cpu') {
          <pw-cpu-panel />
        }
        @case ('memory') {
          <pw-memory-panel />
        }
        @default {
          <pw-generic-panel [collector]="collector()" />
        }
      }
    } @else {
      <pw-explained-panel [collector]="collector()" />
    }
  `,
  styles: `
    :host {
      display: contents;
    }
  `,
})
export class PanelSlot {
  readonly collector = input.required<string>();
  readonly #collectors = inject(CollectorStore);
  protected readonly isDrawn = computed(() => isDrawn(this.#collectors.health(this.collector()).status));
}
