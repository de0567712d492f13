import { defineCollector } from '@perfwatch/service-kit';
import { METRICS } from './declaration.ts';
import { PressureReader } from './pressure-reader.ts';

/** How much of the time tasks of this machine were stalled for want of CPU, memory or I/O. */
export const pressureCollector = defineCollector({
  name: 'pressure',
  title: 'Pressure',
  help: 'Share of the time in which tasks were stalled for want of CPU, memory or I/O, measured tick by tick',
  metrics: METRICS,
  open: ({ fs }) => new PressureReader(fs),
});
