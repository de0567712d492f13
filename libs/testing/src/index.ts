export { startTestNats, startTestPostgres, type TestNats, type TestServer } from './servers.ts';
export { keepLog, noteSecret } from './kept-logs.ts';
export { TestAuthority, type TestCertificate } from './certificates.ts';
export { LaunchedPerfwatch, readRunFile, temporaryDataDirectory, type LaunchOptions } from './launched-perfwatch.ts';
export { FIXTURE_ELAPSED_MS, fixtureHost, fixtureHostNames, type FixtureHost } from './fixture-hosts.ts';
export { TEST_ACTOR } from './test-actor.ts';
export { garbledHost, unreadableHost, type DamagedHost } from './damaged-hosts.ts';
export { describeCollectorContract, fixtureSources } from './collector-contract.ts';
export { ScriptedPerfKernel, type PerfScript, type ScriptedPmu } from './scripted-perf.ts';
export { fixturePerfScript } from './scripted-perf-hosts.ts';
export {
  CORE_COUNTS,
  HYBRID_PMU_FILES,
  L1D_COUNTS,
  LLC_COUNTS,
  ONLINE_CPUS,
  POWER_PMU,
  POWER_PMU_FILES,
  SCRIPTED_RAPL,
  SOFTWARE_COUNTS,
  scriptedPerfMachine,
  scriptedPmu,
  scriptedSoftware,
  type PerfMachineOptions,
} from './scripted-perf-machine.ts';
