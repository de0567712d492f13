import { ScriptedPerfKernel, describeCollectorContract, fixtureHostNames, fixturePerfScript } from '@perfwatch/testing';
import { perfEventsCollectorWith } from './index.ts';

for (const host of fixtureHostNames()) {
  const openKernel = () => new ScriptedPerfKernel(fixturePerfScript(host));
  describeCollectorContract(perfEventsCollectorWith({ openKernel, nowMs: () => 0, program: '/usr/bin/node' }), [host]);
}
