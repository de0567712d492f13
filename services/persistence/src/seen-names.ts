import { forEachMetric, type Metrics } from '@perfwatch/contract';
import type { Queryable } from '@perfwatch/store';
import { hasShape, shapeOf, type MetricsShape } from './metrics-shape.ts';
import type { Incoming } from './sample-row.ts';

/** A row of the table `seen_name`: a metric (of the collector itself where `dimension` is empty) or an instance of a dimension. */
export interface SeenName {
  host: string;
  collector: string;
  dimension: string;
  kind: 'metric' | 'instance';
  name: string;
  last_seen: string;
}

/** A name is written again only when it was seen this much later: readers allow for it. */
const REFRESH_MS = 600_000;
/** Most names of one kind in one dimension; later ones are not noted until an old one is forgotten. */
const MAX_NAMES = 10_000;
/** Most (host, collector) pairs remembered; beyond it all are forgotten and noted anew. */
const MAX_COLLECTORS = 20_000;

const UPSERT = `
  INSERT INTO seen_name (host, collector, dimension, kind, name, last_seen)
  SELECT host, collector, dimension, kind, name, last_seen
    FROM json_to_recordset($1::json) AS x(host text, collector text, dimension text, kind text, name text, last_seen timestamptz)
   ORDER BY host, collector, dimension, kind, name
  ON CONFLICT (host, collector, dimension, kind, name) DO UPDATE SET last_seen = excluded.last_seen
   WHERE seen_name.last_seen < excluded.last_seen - interval '${REFRESH_MS} milliseconds'`;

/** Longest shape remembered; longer ones are looked through every time. */
const MAX_SHAPE = 2000;

type NamesOfCollector = Map<string, Map<string, number>>;

/** Names that were all written, and until when none of them is due again. */
interface Noted {
  shape: MetricsShape;
  untilMs: number;
}

/** Which names of metrics and instances Samples carry, so that a catalog can list them and a query knows what to read. */
export class SeenNames {
  /** When each name was last written, by (host, collector), then by dimension and kind. */
  readonly #written = new Map<string, NamesOfCollector>();
  /** By (host, collector): names seldom change, and looking each up takes longer than all else that is done with a Sample. */
  readonly #noted = new Map<string, Noted>();

  /** Names in `batch` that are new, or were last written long before. */
  findNew(batch: readonly Incoming[]): SeenName[] {
    const found = new Map<string, SeenName>();
    for (const incoming of batch) this.#findIn(incoming, found);
    return [...found.values()];
  }

  /** Writes names; `markWritten` after the transaction has been committed. */
  async write(connection: Queryable, names: readonly SeenName[]): Promise<void> {
    if (names.length > 0) await connection.query(UPSERT, [JSON.stringify(names)]);
  }

  markWritten(names: readonly SeenName[]): void {
    if (this.#written.size > MAX_COLLECTORS) {
      this.#written.clear();
      this.#noted.clear();
    }
    for (const { host, collector, dimension, kind, name, last_seen } of names) {
      const ofCollector = getOrMake(this.#written, collectorKey(host, collector), () => new Map<string, Map<string, number>>());
      const ofKind = getOrMake(ofCollector, kindKey(dimension, kind), () => new Map<string, number>());
      ofKind.set(name, Math.max(ofKind.get(name) ?? 0, Date.parse(last_seen)));
    }
  }

  /** Forgets what was last written before `ms`, as the table does. */
  forgetBefore(ms: number): void {
    this.#noted.clear();
    for (const [collector, kinds] of this.#written) {
      for (const [kind, names] of kinds) {
        for (const [name, writtenMs] of names) if (writtenMs < ms) names.delete(name);
        if (names.size === 0) kinds.delete(kind);
      }
      if (kinds.size === 0) this.#written.delete(collector);
    }
  }

  #findIn({ row, tsMs }: Incoming, found: Map<string, SeenName>): void {
    const { host, collector, metrics } = row;
    const ofCollector = collectorKey(host, collector);
    const noted = this.#noted.get(ofCollector);
    if (noted !== undefined && tsMs <= noted.untilMs && hasShape(metrics, noted.shape)) return;
    const written = this.#written.get(ofCollector);
    let untilMs = Number.POSITIVE_INFINITY;
    const note = (dimension: string, kind: 'metric' | 'instance', name: string) => {
      const ofKind = written?.get(kindKey(dimension, kind));
      const writtenMs = ofKind?.get(name);
      if (writtenMs === undefined && (ofKind?.size ?? 0) >= MAX_NAMES) return;
      const dueMs = writtenMs === undefined ? Number.NEGATIVE_INFINITY : writtenMs + REFRESH_MS;
      untilMs = Math.min(untilMs, dueMs);
      if (tsMs <= dueMs) return;
      const key = JSON.stringify([host, collector, dimension, kind, name]);
      const before = found.get(key);
      if (before === undefined || before.last_seen < row.ts) found.set(key, { host, collector, dimension, kind, name, last_seen: row.ts });
    };
    forEachMetric(metrics, ({ dimension, instance, metric }) => {
      note(dimension ?? '', 'metric', metric);
      if (dimension !== undefined && instance !== undefined) note(dimension, 'instance', instance);
    });
    if (tsMs <= untilMs && Number.isFinite(untilMs)) this.#remember(ofCollector, { metrics, untilMs });
  }

  #remember(collector: string, { metrics, untilMs }: { metrics: Metrics; untilMs: number }): void {
    const shape = shapeOf(metrics, MAX_SHAPE);
    if (shape !== null) this.#noted.set(collector, { shape, untilMs });
  }
}

const collectorKey = (host: string, collector: string) => `${host} ${collector}`;
const kindKey = (dimension: string, kind: string) => `${dimension} ${kind}`;

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const present = map.get(key);
  if (present !== undefined) return present;
  const made = make();
  map.set(key, made);
  return made;
}
