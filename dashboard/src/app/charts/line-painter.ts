import type { Clock } from '../format/clock.ts';
import { axisText } from '../format/format.ts';
import type { FrameRow, TimeRange } from '../live/frame.ts';
import type { ChartTheme } from '../theme/chart-theme.ts';
import type { AxisScale } from './axis-scale.ts';
import type { ChartSpec } from './chart-spec.ts';
import { lineShapes, type Stretch } from './line-shapes.ts';
import { timeTicks, valueTicks, type Inset } from './plot.ts';

const LINE_WIDTH = 1.5;
/** A lone point between gaps has no line: it is a dot of this many CSS pixels. */
const DOT = 2;
/** From the plot to the labels of either axis, in CSS pixels. */
const VALUE_GAP = 8;
const TIME_GAP = 7;

export interface LinePicture {
  spec: ChartSpec;
  rows: readonly FrameRow[];
  range: TimeRange;
  scale: AxisScale;
  /** Of the whole chart, in CSS pixels. */
  size: { width: number; height: number };
  inset: Inset;
  theme: ChartTheme;
  clock: Clock;
}

/** Draws a chart onto an empty canvas: lines or stacked layers, and both axes. */
export function paintLines(context: CanvasRenderingContext2D, picture: LinePicture): void {
  const { spec, rows, range, scale, size, inset, theme } = picture;
  const width = size.width - inset.left - inset.right;
  const height = size.height - inset.top - inset.bottom;
  if (width <= 0 || height <= 0) return;
  context.save();
  context.translate(inset.left, inset.top);
  paintAxes(context, picture, { width, height });
  context.beginPath();
  context.rect(0, -1, width, height + 2);
  context.clip();
  const shapes = lineShapes(rows, spec, { width, height, range, scale });
  shapes.forEach((stretches, index) => {
    const series = spec.series[index];
    if (series === undefined) return;
    const fill = fillOpacity(spec, { isRest: series.isRest ?? false, fill: theme.fill });
    for (const stretch of stretches) paintStretch(context, stretch, { colour: theme.series[series.colour], fill, isLine: !spec.stacked });
  });
  context.restore();
}

/** A lone line has a faint area below it; several lines have none, as they would cover each other. */
function fillOpacity(spec: ChartSpec, { isRest, fill }: { isRest: boolean; fill: number }): number {
  if (spec.stacked) return isRest ? fill / 8 : fill;
  return spec.series.length === 1 && spec.series[0]?.share === undefined ? fill / 5 : 0;
}

/** A layer of a stack has no line: that of a layer of nothing would lie over its neighbour's edge. */
function paintStretch(
  context: CanvasRenderingContext2D,
  { upper, lower, opacity }: Stretch,
  { colour, fill, isLine }: { colour: string; fill: number; isLine: boolean },
): void {
  if (fill > 0) {
    context.beginPath();
    for (const [x, y] of upper) context.lineTo(x, y);
    for (let index = lower.length - 1; index >= 0; index--) {
      const [x, y] = lower[index] ?? [0, 0];
      context.lineTo(x, y);
    }
    context.globalAlpha = fill * opacity;
    context.fillStyle = colour;
    context.fill();
  }
  const [first] = upper;
  if (isLine && first !== undefined && upper.length === 1) {
    context.globalAlpha = opacity;
    context.fillStyle = colour;
    context.fillRect(first[0] - DOT / 2, first[1] - DOT / 2, DOT, DOT);
  } else if (isLine) {
    context.beginPath();
    for (const [x, y] of upper) context.lineTo(x, y);
    context.globalAlpha = opacity;
    context.strokeStyle = colour;
    context.lineWidth = LINE_WIDTH;
    context.lineJoin = 'bevel';
    context.stroke();
  }
  context.globalAlpha = 1;
}

function paintAxes(
  context: CanvasRenderingContext2D,
  { spec, range, scale, inset, theme, clock }: LinePicture,
  { width, height }: { width: number; height: number },
): void {
  const { min = 0, max } = scale;
  context.fillStyle = theme.faint;
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.font = `${theme.labelSize}px ${theme.font}`;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.beginPath();
  let lastY = Number.POSITIVE_INFINITY;
  for (const value of valueTicks(scale)) {
    const y = Math.round(height - ((value - min) / (max - min)) * height) + 0.5;
    context.moveTo(0, y);
    context.lineTo(width, y);
    // The end of a known whole can be near the last round line.
    if (lastY - y >= theme.labelSize) {
      context.fillText(axisText(value, spec.unit), -VALUE_GAP, y);
      lastY = y;
    }
  }
  context.stroke();
  context.textAlign = 'center';
  context.textBaseline = 'top';
  let lastEnd = Number.NEGATIVE_INFINITY;
  for (const timeMs of timeTicks(range)) {
    const text = clock.axis(timeMs);
    const x = ((timeMs - range.fromMs) / (range.toMs - range.fromMs)) * width;
    const half = context.measureText(text).width / 2;
    const isCut = x - half < -inset.left || x + half > width + inset.right;
    if (isCut || x - half < lastEnd + VALUE_GAP) continue;
    context.fillText(text, x, height + TIME_GAP);
    lastEnd = x + half;
  }
}
