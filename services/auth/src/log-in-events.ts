import type { Actor } from '@perfwatch/contract';
import type { Logger } from '@perfwatch/service-kit';
import type { AuditEventRepository, NewAuditEvent } from '@perfwatch/store';

/** Refused log-ins alike within this time are told as two events: the first, and how many came after it. */
const WINDOW_MS = 60_000;
/** Kinds of refused log-ins told apart within a window: more come from a flood, whose addresses tell nothing. */
const MAX_KINDS = 100;
/** Events that wait for a database that is away or full. */
const MAX_WAITING = 1000;
const RETRY_MS = 5000;
const STOP_MS = 2000;

export interface LogInEventsOptions {
  auditEvents: Pick<AuditEventRepository, 'write'>;
  log: Logger;
  windowMs?: number;
  retryMs?: number;
}

/** A log-in that was refused. The name as typed is not told: people type their password there. */
export interface RefusedLogIn {
  address: string;
  /** The user of that name, if there is one. */
  username: string | null;
  reason: 'wrong_password' | 'wrong_current_password' | 'too_many_tries';
}

interface Repeated {
  refused: Omit<RefusedLogIn, 'address'> & { address: string | null };
  /** Besides the first. */
  times: number;
}

/**
 * Log-ins in the audit trail. They are written behind the log-in's back, so that a database that is full or slow keeps nobody out; what could not
 * be written is said by the log and the service's health.
 */
export class LogInEvents {
  readonly #options: Required<LogInEventsOptions>;
  readonly #waiting: NewAuditEvent[] = [];
  readonly #repeated = new Map<string, Repeated>();
  #window: NodeJS.Timeout | null = null;
  #retry: NodeJS.Timeout | null = null;
  #writing: Promise<void> | null = null;
  #reason: string | null = null;
  #lost = 0;

  constructor(options: LogInEventsOptions) {
    this.#options = { windowMs: WINDOW_MS, retryMs: RETRY_MS, ...options };
  }

  /** What is wrong, for the service's health; null while every log-in is written. */
  get fault(): string | null {
    if (this.#reason === null) return null;
    return `${this.#waiting.length} log-ins wait to be written to the audit trail, ${this.#lost} are lost: ${this.#reason}`;
  }

  succeeded(by: Actor): void {
    this.#add({ action: 'login', by, target: null });
  }

  /** A refresh token was used a second time. */
  stolen({ address, username }: { address: string; username: string }): void {
    this.#add({ action: 'session_stolen', by: null, address, target: username });
  }

  refused({ address, username, reason }: RefusedLogIn): void {
    const key = `${address} ${reason} ${username ?? ''}`;
    const known = this.#repeated.get(key);
    if (known !== undefined) known.times += 1;
    else if (this.#repeated.size < MAX_KINDS) this.#begin(key, { address, username, reason });
    else this.#countOther(reason);
  }

  /** Tells what has been counted, and waits a little for all to be written. */
  async stop(): Promise<void> {
    this.#tellRepeated();
    if (this.#retry !== null) clearTimeout(this.#retry);
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (deadline = setTimeout(resolve, STOP_MS)));
    await Promise.race([this.#writing ?? this.#write(), late]);
    clearTimeout(deadline);
    if (this.#waiting.length > 0) this.#options.log.error({ events: this.#waiting.length }, 'log-ins are missing from the audit trail');
  }

  #begin(key: string, refused: RefusedLogIn): void {
    this.#repeated.set(key, { refused, times: 0 });
    this.#window ??= setTimeout(() => this.#tellRepeated(), this.#options.windowMs).unref();
    this.#add(refusedEvent(refused, { reason: refused.reason }));
  }

  #countOther(reason: RefusedLogIn['reason']): void {
    const other = this.#repeated.get(reason) ?? { refused: { address: null, username: null, reason }, times: 0 };
    other.times += 1;
    this.#repeated.set(reason, other);
  }

  #tellRepeated(): void {
    if (this.#window !== null) clearTimeout(this.#window);
    this.#window = null;
    for (const { refused, times } of this.#repeated.values()) {
      if (times > 0) this.#add(refusedEvent(refused, { reason: refused.reason, times }));
    }
    this.#repeated.clear();
  }

  #add(event: NewAuditEvent): void {
    if (this.#waiting.length >= MAX_WAITING) this.#lost += 1;
    else this.#waiting.push({ ...event, at: new Date() });
    if (this.#retry === null) this.#writing ??= this.#write();
  }

  /** In order, one at a time: log-ins are few. */
  async #write(): Promise<void> {
    try {
      for (let event = this.#waiting[0]; event !== undefined; event = this.#waiting[0]) {
        await this.#options.auditEvents.write(event);
        this.#waiting.shift();
      }
      this.#recovered();
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#writing = null;
    }
  }

  #recovered(): void {
    if (this.#reason === null) return;
    this.#options.log.warn({ lost: this.#lost }, 'log-ins are written to the audit trail again');
    this.#reason = null;
    this.#lost = 0;
  }

  #failed(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.#reason === null) this.#options.log.error({ err: error }, 'log-ins cannot be written to the audit trail');
    this.#reason = reason;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#writing ??= this.#write();
    }, this.#options.retryMs).unref();
  }
}

const refusedEvent = ({ address, username }: Repeated['refused'], details: Readonly<Record<string, unknown>>): NewAuditEvent => ({
  action: 'login_failed',
  by: null,
  address,
  target: username,
  details,
});
