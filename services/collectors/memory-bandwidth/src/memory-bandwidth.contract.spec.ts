import { ScriptedPerfKernel, describeCollectorContract, fixtureHostNames, type ScriptedPmu } from '@perfwatch/testing';
import { memoryBandwidthCollectorWith } from './index.ts';

const pmus = (types: readonly number[], pmu: { cpu: number; events: Readonly<Record<string, number>> }): ScriptedPmu[] =>
  types.map((type) => ({
    ...{ cpus: [pmu.cpu], counters: 4, share: 1 },
    events: Object.fromEntries(Object.entries(pmu.events).map(([config, count]) => [`${type}:${config}`, count])),
  }));
const numbers = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

/** Cache lines a second: data_read and data_write of the laptop's memory controllers, CAS commands of the server's on its two sockets. */
const kernel = new ScriptedPerfKernel({
  pmus: [
    ...pmus(numbers(21, 2), { cpu: 0, events: { '0x20ff': 30_000_000, '0x30ff': 10_000_000 } }),
    ...pmus(numbers(22, 8), { cpu: 0, events: { '0x10a': 16_000_000, '0x20a': 6_000_000 } }),
    ...pmus(numbers(30, 8), { cpu: 64, events: { '0x10a': 16_000_000, '0x20a': 6_000_000 } }),
  ],
});

describeCollectorContract(memoryBandwidthCollectorWith({ openKernel: () => kernel }), fixtureHostNames());
