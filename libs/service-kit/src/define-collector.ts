import type {
  Collector,
  CollectorDefinition,
  CollectorReader,
  CollectorReading,
  CollectorSources,
  DimensionDeclaration,
  DimensionDeclarations,
  MetricDeclarations,
} from './collector.ts';
import type { DeclaredMetrics } from './collector.ts';
import { startCollector } from './collector-service.ts';

/** Names in a dimension's instances that its declaration does not have. */
type UndeclaredOfDimension<T, D extends DimensionDeclaration> =
  T extends Record<string, infer Instance> ? Exclude<keyof Instance, keyof D['metrics']> : never;

/** Every name in `T` that the declarations do not have; `never` when all are declared. */
type Undeclared<T, M extends MetricDeclarations, D extends DimensionDeclarations> = T extends unknown
  ? | Exclude<keyof T, keyof M | keyof D>
    | { [Name in keyof T & keyof D]: UndeclaredOfDimension<NonNullable<T[Name]>, D[Name]> }[keyof T & keyof D]
  : never;

/** TypeScript does not check a returned object for names too many, so a reading's own type is inferred and compared. */
type OnlyDeclared<R, M extends MetricDeclarations, D extends DimensionDeclarations> = R extends { metrics: infer T }
  ? [Undeclared<T, M, D>] extends [never]
    ? unknown
    : { undeclared: Undeclared<T, M, D> }
  : never;

interface CollectorOptions<M extends MetricDeclarations, D extends DimensionDeclarations, R> {
  readonly name: string;
  readonly title: string;
  readonly help?: string;
  readonly metrics: M;
  readonly dimensions?: D;
  open(sources: CollectorSources): CollectorReader<R> | Promise<CollectorReader<R>>;
}

/** A collector that declares no dimension: no name is one. */
type NoDimensions = { readonly [Name in never]: DimensionDeclaration };

/**
 * Types a collector and makes it a service: aligned ticks, Samples, catalog, own cost, live settings.
 * A reading may hold declared metrics and dimensions only: another name does not compile.
 */
export function defineCollector<
  const M extends MetricDeclarations,
  const D extends DimensionDeclarations = NoDimensions,
  R extends CollectorReading<DeclaredMetrics<M, D>> = CollectorReading<DeclaredMetrics<M, D>>,
>(options: CollectorOptions<M, D, R> & OnlyDeclared<R, M, D>): CollectorDefinition;
export function defineCollector(
  options: CollectorOptions<MetricDeclarations, DimensionDeclarations, CollectorReading>,
): CollectorDefinition {
  const collector: Collector = { ...options, dimensions: options.dimensions ?? {}, open: (sources) => options.open(sources) };
  return { name: collector.name, needsStore: false, collector, start: (context) => startCollector(collector, context) };
}
