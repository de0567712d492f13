import { LineChart } from 'echarts/charts';
import { DatasetComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { connect, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

/** Charts that share this group share a crosshair. */
export const CROSSHAIR_GROUP = 'live';

/** The parts of ECharts that are used, and no others. Call once, where charts are provided. */
export function echartsCore(): { init: typeof init } {
  use([LineChart, GridComponent, TooltipComponent, DatasetComponent, CanvasRenderer]);
  connect(CROSSHAIR_GROUP);
  return { init };
}
