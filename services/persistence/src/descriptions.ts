import { randomUUID } from 'node:crypto';
import {
  annotationSchema,
  catalogSchema,
  inventorySchema,
  parseSubject,
  subjects,
  type Annotation,
  type Catalog,
  type Inventory,
} from '@perfwatch/contract';
import type { Bus, Subscription } from '@perfwatch/bus';
import { sqlStateOf, type Queryable, type Store } from '@perfwatch/store';
import { annotationFault, storeAnnotation, type Annotations } from './annotations.ts';
import type { RejectedMessages } from './rejected-messages.ts';
import { WriteBehind } from './write-behind.ts';

/** Replicas share these messages: each goes to one of them. */
const QUEUE = 'persistence';
const ROW_REFUSED = /^(22|23|54)/;

// Catalogs and inventories come again every minute: only what differs but for its time is written.
const UPSERT_CATALOG = `
  INSERT INTO collector_catalog (host, collector, catalog, catalog_at) VALUES ($1, $2, $3::text::json, now())
  ON CONFLICT (host, collector) DO UPDATE SET catalog = excluded.catalog, catalog_at = excluded.catalog_at
   WHERE collector_catalog.catalog::jsonb - 'ts' IS DISTINCT FROM excluded.catalog::jsonb - 'ts'`;
const UPSERT_INVENTORY = `
  INSERT INTO host (host, first_seen, inventory, inventory_at) VALUES ($1, now(), $2::text::jsonb, now())
  ON CONFLICT (host) DO UPDATE SET inventory = excluded.inventory, inventory_at = excluded.inventory_at
   WHERE host.inventory - 'ts' IS DISTINCT FROM excluded.inventory - 'ts'`;

interface Description {
  subject: string;
  /** A later description of the same key replaces this one while it waits. */
  key: string;
  write: (connection: Queryable) => Promise<unknown>;
  /** What came, for `rejected_message`. */
  payload: unknown;
}

export interface DescriptionsParts {
  bus: Bus;
  store: Store;
  rejected: RejectedMessages;
  annotations: Pick<Annotations, 'isOwn'>;
}

/** Stores what is said about metrics, hosts and moments: catalogs, inventories, annotations. */
export class Descriptions {
  readonly #parts: DescriptionsParts;
  readonly #writes = new WriteBehind();
  readonly #subscriptions: Subscription[];

  constructor(parts: DescriptionsParts) {
    this.#parts = parts;
    const { bus } = parts;
    const shared = { queue: QUEUE };
    this.#subscriptions = [
      bus.subscribe(subjects.catalog('*', '*'), catalogSchema, (catalog, subject) => this.#storeCatalog(catalog, subject), shared),
      bus.subscribe(subjects.host('*'), inventorySchema, (inventory, subject) => this.#storeInventory(inventory, subject), shared),
      bus.subscribe(
        subjects.annotations('*'),
        annotationSchema,
        (annotation, subject) => this.#storeAnnotation(annotation, subject),
        shared,
      ),
    ];
  }

  async stop(): Promise<void> {
    await Promise.all(this.#subscriptions.map((subscription) => subscription.stop()));
    await this.#writes.stop();
  }

  #storeCatalog(catalog: Catalog, subject: string): void {
    const { host, collector } = catalog;
    if (subject !== subjects.catalog(host, collector)) {
      this.#refuse({ subject, payload: catalog, reason: `names host "${host}" and collector "${collector}", not its subject's` });
      return;
    }
    const parameters = [host, collector, JSON.stringify(catalog)];
    this.#store({ subject, key: subject, payload: catalog, write: (connection) => connection.query(UPSERT_CATALOG, parameters) });
  }

  #storeInventory(inventory: Inventory, subject: string): void {
    const { host } = inventory;
    if (subject !== subjects.host(host)) {
      this.#refuse({ subject, payload: inventory, reason: `names host "${host}", not its subject's` });
      return;
    }
    const parameters = [host, JSON.stringify(inventory)];
    this.#store({ subject, key: subject, payload: inventory, write: (connection) => connection.query(UPSERT_INVENTORY, parameters) });
  }

  #storeAnnotation(annotation: Annotation, subject: string): void {
    const host = parseSubject(subject)?.host;
    if (host === undefined) {
      this.#refuse({ subject, payload: annotation, reason: 'its subject names no host' });
      return;
    }
    const fault = annotationFault(annotation, Date.now());
    if (fault !== null) {
      this.#refuse({ subject, payload: annotation, reason: `${fault.path}: ${fault.message}` });
      return;
    }
    const { id = randomUUID() } = annotation;
    if (this.#parts.annotations.isOwn(id)) return;
    const write = (connection: Queryable) => storeAnnotation(connection, { ...annotation, id, host });
    this.#store({ subject, key: `${subject} ${id}`, payload: annotation, write });
  }

  #store({ subject, key, write, payload }: Description): void {
    this.#writes.add(key, async () => {
      try {
        await write(this.#parts.store);
      } catch (error) {
        if (!ROW_REFUSED.test(sqlStateOf(error) ?? '')) throw error;
        this.#refuse({ subject, payload, reason: error instanceof Error ? error.message : String(error) });
      }
    });
  }

  #refuse({ subject, payload, reason }: { subject: string; payload: unknown; reason: string }): void {
    const refusal = { subject, reason, payload: Buffer.from(JSON.stringify(payload)) };
    this.#writes.add(`rejected ${subject}`, () => this.#parts.rejected.keep(this.#parts.store, [refusal]));
  }
}
