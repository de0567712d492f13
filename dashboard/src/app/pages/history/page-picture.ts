import { shareOf } from '../../charts/time-chart/move-range.ts';
import { PLOT_INSET } from '../../charts/time-chart/time-options.ts';
import type { TimeMark } from '../../charts/time-chart/time-series.ts';
import { figureText } from '../../format/format.ts';
import type { TimeRange } from '../../live/frame.ts';
import type { ChartTheme } from '../../theme/chart-theme.ts';
import type { HistoryChart } from './history-charts.ts';
import { legendFigures } from './legend-figures.ts';

/** A chart and its lines as drawn, in device pixels. */
export interface DrawnChart {
  chart: HistoryChart;
  canvas: HTMLCanvasElement;
}

interface PictureParts {
  drawn: readonly DrawnChart[];
  range: TimeRange;
  marks: readonly TimeMark[];
  /** What stands above it all: hosts and range. */
  heading: string;
  theme: ChartTheme;
}

/** Distances in CSS pixels; the picture has twice as many. */
const SCALE = 2;
const MARGIN = 16;
const LINE_HEIGHT = 18;
const HEADING_HEIGHT = 36;
const SWATCH = 9;
const FONT_SIZE = 12;
/** Opacity of a stretch. */
const MARK_FILL = 0.12;

interface LegendRow {
  items: { text: string; colour: string; dashed: boolean; x: number }[];
}

/** The page's charts with titles and legends as one picture; null where nothing is drawn. */
export function pagePicture({ drawn, range, marks, heading, theme }: PictureParts): HTMLCanvasElement | null {
  const width = Math.max(0, ...drawn.map(({ canvas }) => canvas.width / SCALE)) + 2 * MARGIN;
  const picture = document.createElement('canvas');
  const context = picture.getContext('2d');
  if (context === null || drawn.length === 0) return null;
  context.font = fontOf(theme);
  const laidOut = drawn.map(({ chart, canvas }) => ({ chart, canvas, rows: legendRows(context, { chart, range, width, theme }) }));
  const heights = laidOut.map(({ canvas, rows }) => (1 + rows.length) * LINE_HEIGHT + canvas.height / SCALE + MARGIN);
  const height = HEADING_HEIGHT + heights.reduce((sum, part) => sum + part, 0) + MARGIN;
  picture.width = width * SCALE;
  picture.height = height * SCALE;
  context.scale(SCALE, SCALE);
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, width, height);
  context.textBaseline = 'middle';
  drawText(context, heading, { x: MARGIN, y: HEADING_HEIGHT / 2, font: fontOf(theme, 600), colour: theme.text });
  let top = HEADING_HEIGHT;
  laidOut.forEach(({ chart, canvas, rows }, index) => {
    drawText(context, chart.title, { x: MARGIN, y: top + LINE_HEIGHT / 2, font: fontOf(theme, 600), colour: theme.text });
    rows.forEach((row, line) => drawRow(context, row, { y: top + LINE_HEIGHT * (line + 1.5), theme }));
    const chartTop = top + LINE_HEIGHT * (1 + rows.length);
    context.drawImage(canvas, MARGIN, chartTop, canvas.width / SCALE, canvas.height / SCALE);
    drawMarks(context, marks, {
      range,
      theme,
      chart: { left: MARGIN, top: chartTop, width: canvas.width / SCALE, height: canvas.height / SCALE },
    });
    top += heights[index] ?? 0;
  });
  return picture;
}

const fontOf = (theme: ChartTheme, weight = 400) => `${weight} ${FONT_SIZE}px ${theme.font}`;

/** Names and means of a chart's lines, in as many rows as they need. */
function legendRows(
  context: CanvasRenderingContext2D,
  { chart, range, width, theme }: { chart: HistoryChart; range: TimeRange; width: number; theme: ChartTheme },
): LegendRow[] {
  const rows: LegendRow[] = [];
  let x = Infinity;
  for (const series of chart.series) {
    const { mean } = legendFigures(series, { range, atMs: null });
    const text = `${series.title} ${figureText(mean, series.unit)}`;
    const room = SWATCH + 6 + context.measureText(text).width + MARGIN;
    if (x + room > width) {
      rows.push({ items: [] });
      x = MARGIN;
    }
    rows.at(-1)?.items.push({ text, colour: theme.series[series.colour], dashed: series.dashed ?? false, x });
    x += room;
  }
  return rows;
}

function drawRow(context: CanvasRenderingContext2D, { items }: LegendRow, { y, theme }: { y: number; theme: ChartTheme }): void {
  for (const { text, colour, dashed, x } of items) {
    context.fillStyle = colour;
    if (dashed) for (const part of [0, 2]) context.fillRect(x + (part * SWATCH) / 3, y - 1, SWATCH / 3, 2);
    else context.fillRect(x, y - SWATCH / 2, SWATCH, SWATCH);
    drawText(context, text, { x: x + SWATCH + 6, y, font: fontOf(theme), colour: theme.muted });
  }
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Marks over a chart: a line with its title beside it, a stretch shaded to its end. */
function drawMarks(
  context: CanvasRenderingContext2D,
  marks: readonly TimeMark[],
  { range, theme, chart }: { range: TimeRange; theme: ChartTheme; chart: Box },
): void {
  const width = chart.width - PLOT_INSET.left - PLOT_INSET.right;
  const [top, height] = [chart.top + PLOT_INSET.top, chart.height - PLOT_INSET.top - PLOT_INSET.bottom];
  const x = (timeMs: number) => chart.left + PLOT_INSET.left + width * Math.min(1, Math.max(0, shareOf(timeMs, range)));
  context.save();
  context.beginPath();
  context.rect(chart.left + PLOT_INSET.left, top, width, height);
  context.clip();
  for (const { fromMs, toMs, title } of marks) {
    if (fromMs > range.toMs || (toMs ?? fromMs) < range.fromMs) continue;
    const [left, right] = [x(fromMs), x(toMs ?? fromMs)];
    context.fillStyle = theme.series.pink;
    context.globalAlpha = MARK_FILL;
    context.fillRect(left, top, right - left, height);
    context.globalAlpha = 1;
    context.fillRect(left, top, 1, height);
    drawText(context, title, { x: left + 4, y: top + LINE_HEIGHT / 2, font: fontOf(theme), colour: theme.text });
  }
  context.restore();
}

function drawText(
  context: CanvasRenderingContext2D,
  text: string,
  { x, y, font, colour }: { x: number; y: number; font: string; colour: string },
): void {
  context.font = font;
  context.fillStyle = colour;
  context.fillText(text, x, y);
}
