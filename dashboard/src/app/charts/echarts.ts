import { LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

/** The parts of ECharts that are used, and no others. Call once, where charts are provided. */
export function echartsCore(): { init: typeof init } {
  use([LineChart, GridComponent, CanvasRenderer]);
  return { init };
}
