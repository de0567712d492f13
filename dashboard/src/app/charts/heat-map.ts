import { Component, computed, effect, type ElementRef, inject, input, viewChild } from '@angular/core';
import type { MetricPath } from '@perfwatch/contract';
import { MarkLines } from '../annotations/mark-lines.ts';
import { LiveStore } from '../live/live-store.ts';
import { ThemeStore } from '../theme/theme-store.ts';
import { openCanvas } from './canvas.ts';
import { heatPixels, heatRamp, type HeatPixels } from './heat-pixels.ts';
import { elementSize, onScreen } from './visible.ts';

type Ramp = ReturnType<typeof heatRamp>;

/** Instances over time as colours, one row each. One pixel per value, enlarged by the browser: 128 rows cost no more than 2. */
@Component({
  selector: 'pw-heat-map',
  imports: [MarkLines],
  template: `<canvas #canvas role="img" [attr.aria-label]="label()" (pointermove)="onMove($event)" (pointerleave)="onLeave()"></canvas>
    <pw-mark-lines />`,
  styles: `
    :host {
      display: block;
      position: relative;
      touch-action: pan-y;
      min-height: var(--spark);
    }
    canvas {
      position: absolute;
      inset: 0;
      width: 100%;
      height: 100%;
      border-radius: 3px;
    }
  `,
})
export class HeatMap {
  readonly collector = input.required<string>();
  readonly paths = input.required<readonly MetricPath[]>();
  readonly label = input.required<string>();
  /** The value of the hottest colour. */
  readonly top = input(100);
  protected readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('canvas');
  readonly #live = inject(LiveStore);
  readonly #theme = inject(ThemeStore);
  readonly #isVisible = onScreen();
  readonly #size = elementSize();
  readonly #ramp = computed(() => heatRamp(this.#theme.chart().heat));
  readonly #picture = document.createElement('canvas');

  constructor() {
    effect(() => {
      if (this.#isVisible()) this.#draw();
    });
  }

  protected onMove(event: PointerEvent): void {
    const { fromMs, toMs } = this.#live.range();
    this.#live.crosshairMs.set(fromMs + ((toMs - fromMs) * event.offsetX) / Math.max(1, this.#size().width));
  }

  protected onLeave(): void {
    this.#live.crosshairMs.set(null);
  }

  #draw(): void {
    const { width, height } = this.#size();
    const context = openCanvas(this.canvas().nativeElement, { width, height });
    if (context === null) return;
    const theme = this.#theme.chart();
    const range = this.#live.range();
    const stepMs = this.#live.stepMs(this.collector());
    context.fillStyle = theme.heat[0];
    context.fillRect(0, 0, width, height);
    const table = this.#live.table(this.collector());
    const paths = this.paths();
    if (table === null || paths.length === 0) return;
    const pixels = heatPixels(table, { paths, range, stepMs, top: this.top() });
    paint(this.#picture, pixels, this.#ramp());
    const perMs = width / (range.toMs - range.fromMs);
    const firstMs = Math.floor(range.fromMs / stepMs) * stepMs;
    context.imageSmoothingEnabled = false;
    context.drawImage(this.#picture, (firstMs - range.fromMs) * perMs, 0, pixels.columns * stepMs * perMs, height);
    const rowHeight = height / pixels.rows;
    context.fillStyle = theme.surface;
    if (rowHeight >= 5) for (let row = 1; row < pixels.rows; row++) context.fillRect(0, row * rowHeight - 0.5, width, 1);
    const crosshairMs = this.#live.crosshairMs();
    if (crosshairMs === null) return;
    context.fillStyle = theme.text;
    context.fillRect((crosshairMs - range.fromMs) * perMs, 0, 1, height);
  }
}

function paint(picture: HTMLCanvasElement, { columns, rows, levels }: HeatPixels, ramp: Ramp): void {
  picture.width = columns;
  picture.height = rows;
  const context = picture.getContext('2d');
  if (context === null) return;
  const image = context.createImageData(columns, rows);
  levels.forEach((level, index) => {
    const colour = ramp[level];
    if (colour !== undefined) image.data.set([...colour, 255], index * 4);
  });
  context.putImageData(image, 0, 0);
}
