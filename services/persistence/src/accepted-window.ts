import { acceptedFromMs, DEFAULT_RETENTION, RETENTION_SETTING, retentionPolicySchema } from '@perfwatch/contract';
import type { Logger } from '@perfwatch/service-kit';
import type { Store } from '@perfwatch/store';

const READ_EVERY_MS = 60_000;

const keptSchema = retentionPolicySchema.pick({ downsample_after_days: true });

export interface AcceptedWindowParts {
  store: Pick<Store, 'settings'>;
  log: Logger;
}

/** How old a Sample may be to be stored: as old as the retention policy keeps raw ones, or as the backlog of an outage may be. */
export class AcceptedWindow {
  readonly #parts: AcceptedWindowParts;
  #days: number | null = null;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #isUnreadable = false;

  constructor(parts: AcceptedWindowParts) {
    this.#parts = parts;
  }

  /**
   * Start of what is taken, a UTC day. Asks the database once a minute, and goes on with what it last said while it is away; throws its
   * PerfwatchError while it has never answered, because a guess could refuse for good what is to be kept.
   */
  async startMs(nowMs: number): Promise<number> {
    const monotonicMs = performance.now();
    if (monotonicMs - this.#readAtMs < READ_EVERY_MS) return acceptedFromMs(this.#days ?? DEFAULT_RETENTION.downsample_after_days, nowMs);
    try {
      this.#days = await this.#read();
      this.#readAtMs = monotonicMs;
    } catch (error) {
      if (this.#days === null) throw error;
    }
    return acceptedFromMs(this.#days, nowMs);
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
