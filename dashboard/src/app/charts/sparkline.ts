import { Component, computed, effect, type ElementRef, inject, input, untracked, viewChild } from '@angular/core';
import type { MetricPath } from '@perfwatch/contract';
import type { FrameRow } from '../live/frame.ts';
import { LiveStore } from '../live/live-store.ts';
import type { ChartTheme, SeriesColour } from '../theme/chart-theme.ts';
import { ThemeStore } from '../theme/theme-store.ts';
import { openCanvas } from './canvas.ts';
import { sparkStretches } from './spark-path.ts';
import { elementSize, onScreen } from './visible.ts';

interface SparkLook {
  size: { width: number; height: number };
  theme: ChartTheme;
  colour: SeriesColour;
  top: number | null;
}

/** A line that moves by less than a pixel in this time is drawn anew all the same, for what has begun meanwhile. */
const LONGEST_STEP_MS = 5000;

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
  /** Changes when the line has moved by a pixel: less cannot be seen. */
  readonly #step = computed(() => {
    const { fromMs, toMs } = this.#live.range();
    return Math.floor(toMs / Math.min((toMs - fromMs) / Math.max(1, this.#size().width), LONGEST_STEP_MS));
  });

  constructor() {
    effect(() => {
      if (!this.#isVisible()) return;
      this.#step();
      this.#live.watchStretch();
      const look = { size: this.#size(), theme: this.#theme.chart(), colour: this.colour(), top: this.top() };
      const [collector, paths] = [this.collector(), this.#paths()];
      untracked(() => this.#draw(this.#live.rows(collector, paths), look));
    });
  }

  #draw(rows: readonly FrameRow[], { size, theme, colour: name, top }: SparkLook): void {
    const context = openCanvas(this.canvas().nativeElement, size);
    if (context === null) return;
    const colour = theme.series[name];
    const { height } = size;
    for (const stretch of sparkStretches(rows, { ...size, range: this.#live.range(), top })) {
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
