import { Component, computed, effect, type ElementRef, inject, input, viewChild } from '@angular/core';
import type { MetricPath } from '@perfwatch/contract';
import { LiveStore } from '../live/live-store.ts';
import type { SeriesColour } from '../theme/chart-theme.ts';
import { ThemeStore } from '../theme/theme-store.ts';
import { openCanvas } from './canvas.ts';
import { sparkStretches } from './spark-path.ts';
import { elementSize, onScreen } from './visible.ts';

/** A small line without axes, drawn by hand: a page has dozens. The figure beside it says the value. */
@Component({
  selector: 'pw-sparkline',
  template: `<canvas #canvas aria-hidden="true"></canvas>`,
  styles: `
    :host {
      display: block;
      height: var(--spark);
      position: relative;
      overflow: hidden;
    }
    canvas {
      position: absolute;
      inset: 0;
      width: 100%;
      height: 100%;
    }
  `,
})
export class Sparkline {
  readonly collector = input.required<string>();
  readonly path = input.required<MetricPath>();
  readonly colour = input.required<SeriesColour>();
  /** The value at the top; null for the highest shown. */
  readonly top = input<number | null>(null);
  protected readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('canvas');
  readonly #live = inject(LiveStore);
  readonly #theme = inject(ThemeStore);
  readonly #isVisible = onScreen();
  readonly #size = elementSize();
  readonly #paths = computed(() => [this.path()]);

  constructor() {
    effect(() => {
      if (this.#isVisible()) this.#draw();
    });
  }

  #draw(): void {
    const { width, height } = this.#size();
    const context = openCanvas(this.canvas().nativeElement, { width, height });
    if (context === null) return;
    const theme = this.#theme.chart();
    const colour = theme.series[this.colour()];
    const rows = this.#live.rows(this.collector(), this.#paths());
    for (const stretch of sparkStretches(rows, { width, height, range: this.#live.range(), top: this.top() })) {
      const [first, last] = [stretch[0], stretch.at(-1)];
      if (first === undefined || last === undefined) continue;
      const line = new Path2D();
      for (const [x, y] of stretch) line.lineTo(x, y);
      const area = new Path2D(line);
      area.lineTo(last[0], height);
      area.lineTo(first[0], height);
      context.fillStyle = colour;
      context.globalAlpha = theme.fill / 4;
      context.fill(area);
      context.globalAlpha = 1;
      context.strokeStyle = colour;
      context.lineWidth = 1.25;
      context.lineJoin = 'round';
      context.stroke(line);
    }
  }
}
