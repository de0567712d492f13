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
import { sqlStateOf, type Store } from '@perfwatch/store';
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
const INSERT_ANNOTATION = `
  INSERT INTO annotation (host, ts, end_ts, title, text, tags) VALUES ($1, $2, $3, $4, $5, $6)`;

interface Description {
  subject: string;
  /** A later description of the same key replaces this one while it waits. */
  key: string;
  sql: string;
  parameters: readonly unknown[];
  /** What came, for `rejected_message`. */
  payload: unknown;
}

export interface DescriptionsParts {
  bus: Bus;
  store: Store;
  rejected: RejectedMessages;
}

/** Stores what is said about metrics, hosts and moments: catalogs, inventories, annotations. */
export class Descriptions {
  readonly #parts: DescriptionsParts;
  readonly #writes = new WriteBehind();
  readonly #subscriptions: Subscription[];
  #annotationCount = 0;

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
    this.#store({ subject, key: subject, sql: UPSERT_CATALOG, parameters, payload: catalog });
  }

  #storeInventory(inventory: Inventory, subject: string): void {
    const { host } = inventory;
    if (subject !== subjects.host(host)) {
      this.#refuse({ subject, payload: inventory, reason: `names host "${host}", not its subject's` });
      return;
    }
    this.#store({ subject, key: subject, sql: UPSERT_INVENTORY, parameters: [host, JSON.stringify(inventory)], payload: inventory });
  }

  #storeAnnotation(annotation: Annotation, subject: string): void {
    const host = parseSubject(subject)?.host;
    if (host === undefined) {
      this.#refuse({ subject, payload: annotation, reason: 'its subject names no host' });
      return;
    }
    const { ts, end_ts = null, title, text = null, tags = [] } = annotation;
    this.#annotationCount += 1;
    const key = `${subject} ${this.#annotationCount}`;
    this.#store({ subject, key, sql: INSERT_ANNOTATION, parameters: [host, ts, end_ts, title, text, tags], payload: annotation });
  }

  #store({ subject, key, sql, parameters, payload }: Description): void {
    this.#writes.add(key, async () => {
      try {
        await this.#parts.store.query(sql, parameters);
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
