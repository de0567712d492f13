import { defineCollector, type CollectorDefinition } from '@perfwatch/service-kit';
import { askFilesystem, type AskFilesystem } from './ask-filesystem.ts';
import { DIMENSIONS, METRICS } from './declaration.ts';
import { DiskReader } from './disk-reader.ts';
import { CallsUnderWay } from './filesystem-poller.ts';

/** The collector, asking file systems how full they are through `ask`: files of a fixture host are not mounted. */
export function diskCollectorWith({ ask }: { ask: AskFilesystem }): CollectorDefinition {
  const underWay = new CallsUnderWay();
  return defineCollector({
    name: 'disk',
    title: 'Disk',
    help: 'What the disks of this machine do, and how full its file systems are',
    metrics: METRICS,
    dimensions: DIMENSIONS,
    open: ({ fs, environment }) =>
      new DiskReader({ fs, ask, nowMs: () => performance.now(), hasNetwork: environment.networkMounts, underWay }),
  });
}

/** I/O, latency and utilisation of the disks of this machine, and how full its file systems are. */
export const diskCollector = diskCollectorWith({ ask: askFilesystem });
