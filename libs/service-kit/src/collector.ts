import type { CollectionConfig, MetricKind, MetricValue, Metrics, SampleStatus, Unit } from '@perfwatch/contract';
import type { HostFs } from '@perfwatch/procfs';
import type { PerfwatchConfig } from './config.ts';
import type { Logger } from './logging.ts';
import type { ServiceDefinition } from './service.ts';

/** What one metric is, as the catalog will say it. */
export interface MetricDeclaration {
  readonly title: string;
  readonly unit: Unit;
  readonly kind: MetricKind;
  /** What it measures and when it is absent. */
  readonly help?: string;
  /** The kernel file and field, or the document that defines it. */
  readonly source?: string;
}
export type MetricDeclarations = Readonly<Record<string, MetricDeclaration>>;

/** Something there are several of: cores, devices, interfaces. */
export interface DimensionDeclaration {
  readonly title: string;
  readonly help?: string;
  readonly metrics: MetricDeclarations;
}
export type DimensionDeclarations = Readonly<Record<string, DimensionDeclaration>>;

/** The metrics that `M` and `D` declare, any of which a reading may leave out. */
export type DeclaredMetrics<M extends MetricDeclarations, D extends DimensionDeclarations> = {
  -readonly [Name in keyof M]?: MetricValue;
} & {
  -readonly [Name in keyof D]?: Record<string, { -readonly [Metric in keyof D[Name]['metrics']]?: MetricValue }>;
};

/** What one tick gave. */
export interface CollectorReading<T = Metrics> {
  metrics: T;
  /** Default `ok`. */
  status?: SampleStatus;
  /** One line a person can act on; default null. */
  reason?: string | null;
  /**
   * Why this machine does not have a metric, a dimension or a metric of a dimension (`core.frequency_mhz`), for the catalog.
   * What is not named is there.
   */
  unavailable?: Readonly<Record<string, string>>;
  /** Where a metric or a metric of a dimension comes from on this machine, where that differs from what is declared. */
  sources?: Readonly<Record<string, string>>;
}

/** One tick as a collector sees it. */
export interface CollectorTick {
  /** Milliseconds since the previous read, from the monotonic clock; null at the first. */
  readonly elapsedMs: number | null;
}

/** What `open` returns: reads once a tick until it is closed. What `read` throws is that tick's `error` and nothing more. */
export interface CollectorReader<R = CollectorReading> {
  read(tick: CollectorTick): R | Promise<R>;
  close?(): void | Promise<void>;
}

/** What of the environment concerns what is collected. */
export type CollectorEnvironment = Pick<PerfwatchConfig, 'memoryBandwidthBytesPerSec' | 'networkMounts'>;

/** What a collector may touch: the monitored machine's files, its log, and what it was told to do. */
export interface CollectorSources {
  readonly fs: HostFs;
  readonly log: Logger;
  readonly environment: CollectorEnvironment;
  /** What the settings say now; asked at each tick, a change is applied with the next one. */
  settings(): CollectionConfig;
}

/** Everything a collector declares; `open` is called once each time it starts. */
export interface Collector {
  /** A subject token. */
  readonly name: string;
  readonly title: string;
  readonly help?: string;
  readonly metrics: MetricDeclarations;
  readonly dimensions: DimensionDeclarations;
  open(sources: CollectorSources): CollectorReader | Promise<CollectorReader>;
}

/** A collector as a service that `runServices` can run. */
export interface CollectorDefinition extends ServiceDefinition {
  readonly collector: Collector;
}
