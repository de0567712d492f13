import { defineCollector } from '@perfwatch/service-kit';
import { METRICS } from './declaration.ts';
import { MemoryReader } from './memory-reader.ts';

/** Memory, swap and huge pages of this machine. */
export const memoryCollector = defineCollector({
  name: 'memory',
  title: 'Memory',
  help: 'What the memory of this machine is used for, and what is swapped',
  metrics: METRICS,
  open: ({ fs }) => new MemoryReader(fs),
});
