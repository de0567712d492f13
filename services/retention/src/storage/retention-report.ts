import type { RetentionPolicy, RetentionReply } from '@perfwatch/contract';
import type { Store } from '@perfwatch/store';
import type { Logger } from '@perfwatch/service-kit';
import { readManifests } from '../archive/archive-files.ts';
import { readPolicy } from '../policy.ts';
import { lastRun, nextRunAfterChangeMs, nextRunMs } from '../run/retention-runs.ts';
import { iso } from '../series.ts';
import { readStorage, type StorageReport } from './storage-report.ts';
import { willDelete } from './will-delete.ts';

/** Counting reads whole tables: whoever asks again within this gets what was counted. */
const COUNTED_FOR_MS = 15_000;

interface Counted {
  storage: StorageReport;
  archive: RetentionReply['archive'];
}

/** What is kept, what it costs, and what comes next. */
export class RetentionReport {
  readonly #store: Store;
  readonly #dataDir: string;
  readonly #log: Logger;
  #isArchiveReadable = true;
  #counted: { atMs: number; result: Promise<Counted> } | null = null;

  constructor({ store, dataDir, log }: { store: Store; dataDir: string; log: Logger }) {
    this.#store = store;
    this.#dataDir = dataDir;
    this.#log = log;
  }

  /** Under the policy that is stored. */
  async current(): Promise<RetentionReply> {
    const stored = await readPolicy(this.#store);
    return this.#under(stored.policy, await nextRunMs(this.#store, stored, Date.now()));
  }

  /** As if `policy` were stored now. */
  async ifPolicyWere(policy: RetentionPolicy): Promise<RetentionReply> {
    const nowMs = Date.now();
    const nextMs = await nextRunMs(this.#store, await readPolicy(this.#store), nowMs);
    return this.#under(policy, nextRunAfterChangeMs(nextMs, nowMs));
  }

  /** Counts anew the next time: something was just changed. */
  forget(): void {
    this.#counted = null;
  }

  async #under(policy: RetentionPolicy, nextMs: number): Promise<RetentionReply> {
    const { storage, archive } = await this.#count();
    const will_delete = await willDelete(this.#store, policy, nextMs);
    return { ...policy, ...storage, archive, will_delete, last_run: await lastRun(this.#store), next_run: iso(nextMs) };
  }

  #count(): Promise<Counted> {
    const nowMs = performance.now();
    if (this.#counted === null || nowMs - this.#counted.atMs > COUNTED_FOR_MS) {
      const result = this.#countNow();
      this.#counted = { atMs: nowMs, result };
      result.catch(() => this.forget());
    }
    return this.#counted.result;
  }

  async #countNow(): Promise<Counted> {
    return { storage: await readStorage(this.#store), archive: await this.#archiveSize() };
  }

  /** Null where it cannot be read. */
  async #archiveSize(): Promise<RetentionReply['archive']> {
    try {
      const files = (await readManifests(this.#dataDir)).flatMap((manifest) => manifest.files);
      this.#isArchiveReadable = true;
      return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
    } catch (error) {
      if (this.#isArchiveReadable) this.#log.error({ err: error }, 'the archive cannot be read');
      this.#isArchiveReadable = false;
      return null;
    }
  }
}
