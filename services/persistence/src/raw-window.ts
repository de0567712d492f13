import { DEFAULT_RETENTION, rawKeptFromMs, RETENTION_SETTING, retentionPolicySchema } from '@perfwatch/contract';
import type { Logger } from '@perfwatch/service-kit';
import type { Store } from '@perfwatch/store';

const READ_EVERY_MS = 60_000;

const keptSchema = retentionPolicySchema.pick({ downsample_after_days: true });

export interface RawWindowParts {
  store: Pick<Store, 'settings'>;
  log: Logger;
}

/** For how long raw Samples are kept, as the retention policy says: what is older would be dropped at once, and is not stored. */
export class RawWindow {
  readonly #parts: RawWindowParts;
  #days: number | null = null;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #isUnreadable = false;

  constructor(parts: RawWindowParts) {
    this.#parts = parts;
  }

  /**
   * Start of what is kept, a UTC day. Asks the database once a minute, and goes on with what it last said while it is away; throws its
   * PerfwatchError while it has never answered, because a guess could refuse for good what is to be kept.
   */
  async startMs(nowMs: number): Promise<number> {
    const monotonicMs = performance.now();
    if (monotonicMs - this.#readAtMs < READ_EVERY_MS) return rawKeptFromMs(this.#days ?? DEFAULT_RETENTION.downsample_after_days, nowMs);
    try {
      this.#days = await this.#read();
      this.#readAtMs = monotonicMs;
    } catch (error) {
      if (this.#days === null) throw error;
    }
    return rawKeptFromMs(this.#days, nowMs);
  }

  /** The policy was changed: it is read before the next batch is looked at. */
  refresh(): void {
    this.#readAtMs = Number.NEGATIVE_INFINITY;
  }

  async #read(): Promise<number> {
    const { store, log } = this.#parts;
    const setting = await store.settings.get(RETENTION_SETTING);
    if (setting === null) return DEFAULT_RETENTION.downsample_after_days;
    const policy = keptSchema.safeParse(setting.value);
    const wasUnreadable = this.#isUnreadable;
    this.#isUnreadable = !policy.success;
    if (policy.success) return policy.data.downsample_after_days;
    if (!wasUnreadable)
      log.error({ err: policy.error, setting: RETENTION_SETTING }, 'the retention policy cannot be read; going on as before');
    return this.#days ?? DEFAULT_RETENTION.downsample_after_days;
  }
}
