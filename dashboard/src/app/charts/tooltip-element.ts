import type { MetricValue } from '@perfwatch/contract';
import { clockSecondsText, figureText } from '../format/format.ts';
import type { ChartTheme } from '../theme/chart-theme.ts';
import type { ChartSpec } from './line-options.ts';

/** The tooltip of a chart: the moment, then each series, topmost layer first. Built as elements, as names are not ours. */
export function tooltipElement(
  spec: ChartSpec,
  { timeMs, values, theme }: { timeMs: number; values: readonly MetricValue[]; theme: ChartTheme },
): HTMLElement {
  const box = document.createElement('div');
  box.className = 'chart-tooltip';
  const time = document.createElement('time');
  time.textContent = clockSecondsText(timeMs);
  box.append(time);
  const lines = spec.series.map(({ title, colour }, index) => {
    const swatch = document.createElement('i');
    swatch.style.background = theme.series[colour];
    const name = document.createElement('span');
    name.textContent = title;
    const value = document.createElement('b');
    value.textContent = figureText(values[index], spec.unit);
    return [swatch, name, value];
  });
  for (const line of spec.stacked ? lines.reverse() : lines) box.append(...line);
  return box;
}
