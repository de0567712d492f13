import { forEachMetric, formatMetricPath, metricAt, setMetricAt, type MetricPath, type Metrics, type Sample } from '@perfwatch/contract';
import { SeededRandom } from '../e2e/soak-random.ts';
import { COLLECTORS, type Recording } from './recording.ts';

export const NUMBERS_PER_SAMPLE = 40;

interface Source {
  collector: string;
  path: MetricPath;
}

/** Paths that have a number at every second, of all collectors together, mixed. */
function steadyPaths({ samples }: Recording): Source[] {
  const sources = [...samples].flatMap(([collector, ofCollector]) => {
    const found: Source[] = [];
    forEachMetric(ofCollector[0]?.metrics ?? {}, (path) => found.push({ collector, path }));
    return found.filter(({ path }) => ofCollector.every(({ metrics }) => typeof metricAt(metrics, path) === 'number'));
  });
  return new SeededRandom(1).shuffled(sources);
}

/** Takes forty paths of different names from what is left, which begins again when it is used up. */
function takeForty(left: Source[], all: readonly Source[]): Source[] {
  const taken = new Map<string, Source>();
  while (taken.size < NUMBERS_PER_SAMPLE) {
    const source = left.pop();
    if (source === undefined) left.push(...all);
    else taken.set(formatMetricPath(source.path), source);
  }
  return [...taken.values()];
}

/** As many collectors as there are, whose Samples have forty of the recorded numbers each. */
export function fortyNumbersEach(recording: Recording): Recording {
  const all = steadyPaths(recording);
  if (all.length < NUMBERS_PER_SAMPLE) throw new Error(`the recording has only ${all.length} numbers that are always there`);
  const left = [...all];
  const seconds = Math.min(...[...recording.samples.values()].map(({ length }) => length));
  const samples = COLLECTORS.map((collector) => {
    const sources = takeForty(left, all);
    const ofCollector = Array.from({ length: seconds }, (_, second): Sample => {
      const metrics: Metrics = {};
      for (const source of sources) {
        setMetricAt(metrics, source.path, metricAt(recording.samples.get(source.collector)?.[second]?.metrics ?? {}, source.path) ?? null);
      }
      return { host: 'bench', collector, ts: '', interval_ms: 1000, elapsed_ms: 1000.02, status: 'ok', reason: null, metrics };
    });
    return [collector, ofCollector] as const;
  });
  return { samples: new Map(samples), catalogs: new Map() };
}
