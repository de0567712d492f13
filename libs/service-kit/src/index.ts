export { loadConfig, type PerfwatchConfig } from './config.ts';
export type { Environment } from './environment.ts';
export type { CertificateFiles, TlsConfig } from './tls-config.ts';
export { networkOf } from './network-of.ts';
export { LOG_LEVELS, createLogger, type Logger, type LoggerOptions, type LogLevel } from './logging.ts';
export {
  defineService,
  type ClusterProcess,
  type ClusterState,
  type RunningService,
  type ServiceContext,
  type ServiceDefinition,
  type ServiceHealth,
  type ServiceReplica,
} from './service.ts';
export type {
  Collector,
  CollectorDefinition,
  CollectorEnvironment,
  CollectorReader,
  CollectorReading,
  CollectorSources,
  CollectorTick,
  DeclaredMetrics,
  DimensionDeclaration,
  DimensionDeclarations,
  MetricDeclaration,
  MetricDeclarations,
} from './collector.ts';
export { explainAbsences } from './explain-absences.ts';
export { defineCollector } from './define-collector.ts';
export { natsTlsOf, runServices, type Runner, type RunServicesOptions } from './run-services.ts';
export { Ticker, systemClock, type Tick, type TickClock, type TickerOptions } from './ticker.ts';
export { CollectionFeed, type CollectionFeedOptions } from './collection-feed.ts';
export { RepeatedAnnouncement } from './repeated-announcement.ts';
export { readVersion } from './process-state.ts';
export { processCostSchema, type ProcessCost } from './process-costs.ts';
export { roundMetric } from './rounding.ts';
export { CounterDeltas, type CounterValue, type DeltaOptions, type RowDeltaOptions } from './counter-deltas.ts';
