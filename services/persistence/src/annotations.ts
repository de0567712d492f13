import { randomUUID } from 'node:crypto';
import type { Bus } from '@perfwatch/bus';
import {
  MAX_RETENTION_DAYS,
  newAnnotationSchema,
  parseInput,
  PerfwatchError,
  subjects,
  type Actor,
  type Annotation,
  type AnnotationRecord,
  type NewAnnotation,
} from '@perfwatch/contract';
import type { ServiceContext } from '@perfwatch/service-kit';
import type { Queryable, Store } from '@perfwatch/store';

const DAY_MS = 86_400_000;
/** Marks may be set ahead: a maintenance window is planned. */
const MAX_AHEAD_MS = 366 * DAY_MS;
/** Most hosts that an error names. */
const MAX_NAMED = 20;
/** Most marks of this process's own that it knows when they come back to it from their subject. */
const MAX_OWN = 1000;

const INSERT = `
  INSERT INTO annotation (id, host, ts, end_ts, title, text, tags) VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (id) DO NOTHING`;
const DELETE = 'WITH gone AS (DELETE FROM annotation WHERE id = $1 RETURNING *) SELECT host, title, ts FROM gone';

/** What is wrong with the times of an annotation; null when nothing is. */
export function annotationFault(
  { ts, end_ts }: Pick<Annotation, 'ts' | 'end_ts'>,
  nowMs: number,
): { path: string; message: string } | null {
  for (const [path, time] of Object.entries({ ts, end_ts })) {
    if (time === undefined) continue;
    const ms = Date.parse(time);
    if (ms < nowMs - MAX_RETENTION_DAYS * DAY_MS) return { path, message: `must not be more than ${MAX_RETENTION_DAYS} days ago` };
    if (!(ms <= nowMs + MAX_AHEAD_MS)) return { path, message: 'must not be more than a year ahead' };
  }
  return end_ts !== undefined && Date.parse(end_ts) < Date.parse(ts) ? { path: 'end_ts', message: 'must not be before ts' } : null;
}

/** Stores an annotation of `host` unless one of its id is there; one without an id is given one by the caller, so that trying again is safe. */
export async function storeAnnotation(
  connection: Queryable,
  { host, ...annotation }: Annotation & { id: string; host: string },
): Promise<void> {
  const { id, ts, end_ts = null, title, text = null, tags = [] } = annotation;
  await connection.query(INSERT, [id, host, ts, end_ts, title, text, tags]);
}

export interface AnnotationsParts {
  bus: Pick<Bus, 'publish'>;
  store: Pick<Store, 'query' | 'atomically'>;
  broadcast: ServiceContext['broadcast'];
}

/** Marks set and removed through the API. What is set here is published too, so that live viewers and tools hear of it; of removals, live viewers do. */
export class Annotations {
  readonly #parts: AnnotationsParts;
  readonly #own = new Set<string>();

  constructor(parts: AnnotationsParts) {
    this.#parts = parts;
  }

  /** Whether this process has stored the annotation itself: a removal may have come before its message. */
  isOwn(id: string): boolean {
    return this.#own.has(id);
  }

  /** Throws PerfwatchError: 'bad_input' when a host must be chosen or a time cannot be, 'not_found' when there is no host yet. */
  async annotate(params: NewAnnotation): Promise<AnnotationRecord> {
    const { host: given, ...fields } = parseInput(newAnnotationSchema, params, 'annotation');
    const nowMs = Date.now();
    const annotation = { ...fields, ts: fields.ts ?? new Date(nowMs).toISOString(), id: randomUUID() };
    const fault = annotationFault(annotation, nowMs);
    if (fault !== null) throw new PerfwatchError('bad_input', `annotation: ${fault.path} ${fault.message}`, { issues: [fault] });
    const host = given ?? (await this.#onlyHost());
    this.#remember(annotation.id);
    await storeAnnotation(this.#parts.store, { ...annotation, host });
    this.#parts.bus.publish(subjects.annotations(host), annotation);
    return recordOf({ ...annotation, host });
  }

  /** Throws PerfwatchError('not_found') when there is none of this id. */
  async remove({ id, by }: { id: string; by: Actor }): Promise<null> {
    await this.#parts.store.atomically(async (within) => {
      const [removed] = await within.query<{ host: string | null; title: string; ts: Date }>(DELETE, [id]);
      if (removed === undefined) throw new PerfwatchError('not_found', `There is no annotation ${id}`);
      await within.auditEvents.write({
        action: 'annotation_deleted',
        by,
        target: removed.host,
        details: { id, title: removed.title, ts: removed.ts },
      });
    });
    this.#parts.broadcast('annotation.removed', { id });
    return null;
  }

  async #onlyHost(): Promise<string> {
    const rows = await this.#parts.store.query<{ host: string }>('SELECT host FROM host ORDER BY host LIMIT $1', [MAX_NAMED + 1]);
    const [only] = rows;
    if (only === undefined) throw new PerfwatchError('not_found', 'No host has sent anything yet', { hint: 'Name the host.' });
    if (rows.length === 1) return only.host;
    const names = rows.slice(0, MAX_NAMED).map(({ host }) => host);
    const message = `must be given when there are several: ${names.join(', ')}${rows.length > MAX_NAMED ? ' and more' : ''}`;
    throw new PerfwatchError('bad_input', `host ${message}`, { issues: [{ path: 'host', message }] });
  }

  #remember(id: string): void {
    const [oldest] = this.#own;
    if (oldest !== undefined && this.#own.size >= MAX_OWN) this.#own.delete(oldest);
    this.#own.add(id);
  }
}

/** Times in UTC, as a reader gets them from the table. */
function recordOf({ id, host, ts, end_ts, title, text, tags }: Annotation & { id: string; host: string }): AnnotationRecord {
  const utc = (time: string) => new Date(time).toISOString();
  return { id, host, ts: utc(ts), end_ts: end_ts === undefined ? null : utc(end_ts), title, text: text ?? null, tags: tags ?? [] };
}
