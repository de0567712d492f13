import type { AuditEvent } from '@perfwatch/contract';
import type { Logger, RunningService } from '@perfwatch/service-kit';
import type { AuditEventRepository, StoredAuditEvent } from '@perfwatch/store';

const DAY_MS = 86_400_000;
/** How long events are kept. */
export const AUDIT_KEPT_DAYS = 365;
/** Of each action, so that a flood of failed log-ins drives out nothing else: some 60 MB at most in PostgreSQL. */
export const MAX_EVENTS_PER_ACTION = 200_000;
const EXPIRY = { everyMs: 3_600_000, batch: 1000, pauseMs: 100 };

/** The action that reads the audit trail, for administrators: who may ask is for the gateway to see to. */
export type AuditTrailActions = Pick<RunningService<'auth'>['actions'], 'auditEvents'>;

const recordOf = ({ id, at, action, actor, address, target, details }: StoredAuditEvent): AuditEvent => ({
  id,
  at: at.toISOString(),
  action,
  actor: actor === null ? null : { user_id: actor.userId, username: actor.username, api_token_id: actor.apiTokenId },
  address,
  target,
  details,
});

export function createAuditTrail({ auditEvents }: { auditEvents: Pick<AuditEventRepository, 'list'> }): AuditTrailActions {
  return {
    async auditEvents({ limit, ...query }) {
      const found = await auditEvents.list({ ...query, limit: limit + 1 });
      const events = found.slice(0, limit).map(recordOf);
      return { events, next: found.length > limit ? (events.at(-1)?.id ?? null) : null };
    },
  };
}

export interface AuditExpiryOptions {
  auditEvents: Pick<AuditEventRepository, 'expire'>;
  log: Logger;
}

/** Deletes events that need not be kept, at once and then every hour; any number of replicas may. Gives what ends it. */
export function expireAuditEvents({ auditEvents, log }: AuditExpiryOptions): () => void {
  let timer: NodeJS.Timeout;
  let isStopped = false;
  const again = (delayMs: number) => {
    if (!isStopped) timer = setTimeout(() => void run(), delayMs).unref();
  };
  const run = async (): Promise<void> => {
    const before = new Date(Date.now() - AUDIT_KEPT_DAYS * DAY_MS);
    const gone = await auditEvents
      .expire({ before, maxPerAction: MAX_EVENTS_PER_ACTION, batch: EXPIRY.batch })
      // The next run tries again; the database being away is said elsewhere.
      .catch((error: unknown) => {
        log.warn({ err: error }, 'old audit events were not deleted');
        return 0;
      });
    again(gone === 0 ? EXPIRY.everyMs : EXPIRY.pauseMs);
  };
  again(0);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
