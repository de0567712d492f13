import { defineCollector } from '@perfwatch/service-kit';
import { CpuReader } from './cpu-reader.ts';
import { DIMENSIONS, METRICS } from './declaration.ts';

/** CPU time by mode and core, load, frequency, temperature, context switches and interrupts of this machine. */
export const cpuCollector = defineCollector({
  name: 'cpu',
  title: 'CPU',
  help: 'What the processors of this machine do, all together and one by one',
  metrics: METRICS,
  dimensions: DIMENSIONS,
  open: ({ fs }) => new CpuReader({ fs, nowMs: () => performance.now() }),
});
