import { Buffer } from 'node:buffer';
import {
  defaultPerfEvents,
  catalogSchema,
  dimensionNameSchema,
  metricNameSchema,
  sampleSchema,
  subjectTokenSchema,
  unitOf,
  type Catalog,
  type DimensionMetrics,
  type Sample,
} from '@perfwatch/contract';
import { HostFs, type HostRoots } from '@perfwatch/procfs';
import {
  createLogger,
  explainAbsences,
  type Collector,
  type CollectorDefinition,
  type CollectorReader,
  type CollectorSources,
  type MetricDeclaration,
} from '@perfwatch/service-kit';
import { describe, expect, it } from 'vitest';
import { garbledHost, unreadableHost } from './damaged-hosts.ts';
import { FIXTURE_ELAPSED_MS, fixtureHost } from './fixture-hosts.ts';
import { formatTicks, type ContractTick } from './golden.ts';

const MAX_PAYLOAD_BYTES = 1024 * 1024;

interface Opened {
  reader: CollectorReader;
  close: () => Promise<void>;
}

/** What a collector is given on a fixture host: everything on, nothing configured. */
export function fixtureSources(collector: string, fs: HostFs): CollectorSources {
  return {
    fs,
    log: createLogger({ level: 'fatal', name: collector, pretty: false }),
    environment: { memoryBandwidthBytesPerSec: null, networkMounts: false },
    settings: () => ({ interval_ms: FIXTURE_ELAPSED_MS, collectors: {}, perf_events: defaultPerfEvents() }),
  };
}

async function openCollector(collector: Collector, roots: HostRoots): Promise<Opened> {
  const fs = new HostFs(roots);
  const reader = await collector.open(fixtureSources(collector.name, fs));
  const close = async () => {
    await reader.close?.();
    fs.close();
  };
  return { reader, close };
}

/** One tick as the service would publish it; `seq` 0 is the first. */
async function readTick(collector: Collector, reader: CollectorReader, seq: number): Promise<ContractTick> {
  const elapsedMs = seq === 0 ? null : FIXTURE_ELAPSED_MS;
  const reading = await reader.read({ elapsedMs });
  const { metrics, status = 'ok', reason = null } = reading;
  const ts = new Date(Date.UTC(2026, 0, 1) + seq * FIXTURE_ELAPSED_MS).toISOString();
  const sample = {
    ...{ host: 'fixture', collector: collector.name, ts, run: 'contract', seq },
    ...{ interval_ms: FIXTURE_ELAPSED_MS, elapsed_ms: elapsedMs, status, reason, metrics },
  };
  return { sample: sampleSchema.parse(sample), unavailable: explainAbsences(collector, reading) };
}

/** A file of a fixture host at either tick. */
const FIXTURE_ROOT = /\S*\/fixtures\/[^/]+\/tick-\d\/(?=proc|sys)/g;
const asTheKernelNamesIt = (text: string) => text.replaceAll(FIXTURE_ROOT, '/');

/** A tick of a fixture host whose reasons name files as the kernel does, not as they lie in this checkout. */
function named({ sample, unavailable }: ContractTick): ContractTick {
  const reasons = Object.entries(unavailable).map(([path, reason]) => [path, asTheKernelNamesIt(reason)]);
  const reason = sample.reason === null || sample.reason === undefined ? null : asTheKernelNamesIt(sample.reason);
  return { sample: { ...sample, reason }, unavailable: Object.fromEntries(reasons) };
}

/** Both ticks of a fixture host. */
async function readHost(collector: Collector, name: string): Promise<[ContractTick, ContractTick]> {
  const host = fixtureHost(name);
  const { reader, close } = await openCollector(collector, host);
  const first = named(await readTick(collector, reader, 0));
  host.advance();
  const second = named(await readTick(collector, reader, 1));
  await close();
  return [first, second];
}

async function readDamaged(collector: Collector, roots: HostRoots): Promise<ContractTick[]> {
  const { reader, close } = await openCollector(collector, roots);
  const ticks = [await readTick(collector, reader, 0), await readTick(collector, reader, 1)];
  await close();
  return ticks;
}

/** Every number of a sample with its declaration; what is not declared has none. */
function* valuesOf(
  collector: Collector,
  { metrics }: Sample,
): Generator<{ path: string; declared?: MetricDeclaration | undefined; value: number | null }> {
  for (const [name, value] of Object.entries(metrics)) {
    if (typeof value !== 'object' || value === null) {
      yield { path: name, declared: collector.metrics[name], value };
      continue;
    }
    for (const [instance, values] of Object.entries(value)) {
      for (const [metric, leaf] of Object.entries(values)) {
        yield { path: `${name}{${instance}}.${metric}`, declared: collector.dimensions[name]?.metrics[metric], value: leaf };
      }
    }
  }
}

const instancesOf = (sample: Sample, dimension: string): DimensionMetrics => {
  const value = sample.metrics[dimension];
  return typeof value === 'object' && value !== null ? value : {};
};

/** Declared metrics, dimensions and metrics of dimensions that a sample has no number of, in any instance. */
function lackingPaths(collector: Collector, sample: Sample): string[] {
  const metrics = Object.keys(collector.metrics).filter((name) => typeof sample.metrics[name] !== 'number');
  const dimensions = Object.entries(collector.dimensions).flatMap(([name, { metrics: declared }]) => {
    const instances = Object.values(instancesOf(sample, name));
    if (instances.length === 0) return [name];
    return Object.keys(declared)
      .filter((metric) => instances.every((values) => typeof values[metric] !== 'number'))
      .map((metric) => `${name}.${metric}`);
  });
  return [...metrics, ...dimensions];
}

function isDeclared(collector: Collector, path: string): boolean {
  const [name = '', metric] = path.split('.');
  if (metric !== undefined) return collector.dimensions[name]?.metrics[metric] !== undefined;
  return collector.metrics[name] !== undefined || collector.dimensions[name] !== undefined;
}

function catalogOf(collector: Collector): Catalog {
  const { name, title, help, metrics, dimensions } = collector;
  return {
    host: 'fixture',
    collector: name,
    ts: '2026-01-01T00:00:00.000Z',
    title,
    ...(help === undefined ? {} : { help }),
    metrics,
    dimensions,
  };
}

function describeDeclaration(collector: Collector): void {
  it('declares names and units that the contract knows', () => {
    expect(subjectTokenSchema.safeParse(collector.name).success).toBe(true);
    expect(catalogSchema.safeParse(catalogOf(collector)).error).toBeUndefined();
    const dimensions = Object.entries(collector.dimensions);
    for (const [dimension] of dimensions) expect(dimensionNameSchema.safeParse(dimension).error).toBeUndefined();
    for (const declared of [collector.metrics, ...dimensions.map(([, { metrics }]) => metrics)]) {
      for (const [name, { unit }] of Object.entries(declared)) {
        expect(metricNameSchema.safeParse(name).error).toBeUndefined();
        expect(unit, name).toBe(unitOf(name));
      }
    }
  });
}

function describeHost(collector: Collector, name: string): void {
  describe(`on ${name}`, () => {
    it('gives Samples of declared metrics only, percentages from 0 to 100, that fit a message', async () => {
      for (const { sample } of await readHost(collector, name)) {
        expect(Buffer.byteLength(JSON.stringify(sample))).toBeLessThan(MAX_PAYLOAD_BYTES);
        for (const { path, declared, value } of valuesOf(collector, sample)) {
          expect(declared, path).toBeDefined();
          if (declared?.unit !== 'percent' || value === null) continue;
          expect(value, path).toBeGreaterThanOrEqual(0);
          expect(value, path).toBeLessThanOrEqual(100);
        }
      }
    });

    it('knows no rate at the first tick', async () => {
      const [{ sample }] = await readHost(collector, name);
      for (const { path, declared, value } of valuesOf(collector, sample)) {
        if (declared?.kind === 'rate') expect(value, path).toBeNull();
      }
    });

    it('explains whatever is missing at the second tick, and nothing that is there', async () => {
      const [, { sample, unavailable }] = await readHost(collector, name);
      const lacking = lackingPaths(collector, sample);
      for (const [path, reason] of Object.entries(unavailable)) {
        expect(isDeclared(collector, path), path).toBe(true);
        expect(reason, path).toMatch(/^.{1,500}$/);
        expect(lacking, `${path} is there`).toContain(path);
      }
      const unexplained = lacking.filter((path) => unavailable[path] === undefined && unavailable[path.split('.')[0] ?? ''] === undefined);
      expect(unexplained).toEqual([]);
      if (sample.status !== 'ok') expect(sample.reason).toMatch(/^.+$/);
    });

    it('gives what it gave before', async () => {
      await expect(formatTicks(await readHost(collector, name))).toMatchFileSnapshot(`golden/${name}.txt`);
    });

    it('says so when every file of it is garbage', async () => {
      using host = garbledHost(name);
      for (const { sample } of await readDamaged(collector, host)) {
        expect(sample.status).not.toBe('ok');
        expect(sample.reason).toMatch(/^.+$/);
      }
    });
  });
}

/**
 * What every collector must hold to, on each of `hosts` (fixture hosts, by name): call it at the top of a test file. The whole output is
 * compared with `golden/<host>.txt` next to that file; `vitest run <file> --update` writes them anew.
 */
export function describeCollectorContract({ collector }: CollectorDefinition, hosts: readonly string[]): void {
  describe(`collector ${collector.name}`, () => {
    describeDeclaration(collector);
    it('says so, and throws nothing, on a machine of which nothing can be read', async () => {
      using host = unreadableHost();
      for (const { sample } of await readDamaged(collector, host)) {
        expect(['partial', 'unavailable', 'error']).toContain(sample.status);
        expect(sample.reason).toMatch(/^.+$/);
      }
    });
    for (const host of hosts) describeHost(collector, host);
  });
}
