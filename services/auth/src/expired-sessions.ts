import type { Logger } from '@perfwatch/service-kit';
import type { SessionRepository } from '@perfwatch/store';

const EVERY_MS = 3_600_000;
/** One run deletes no more than these: the next one goes on. */
const DELETED_AT_ONCE = 1000;
const TIMES_IN_A_RUN = 100;

export interface ExpiredSessionsOptions {
  sessions: Pick<SessionRepository, 'removeExpired'>;
  log: Pick<Logger, 'warn'>;
  nowMs?: () => number;
}

/** Deletes sessions that are over, now and once an hour; answers how to stop. Any number of replicas may. */
export function removeExpiredSessions({ sessions, log, nowMs = Date.now }: ExpiredSessionsOptions): () => void {
  let isStopped = false;
  async function run(): Promise<void> {
    try {
      for (let time = 0; time < TIMES_IN_A_RUN && !isStopped; time += 1) {
        if ((await sessions.removeExpired(DELETED_AT_ONCE, new Date(nowMs()))) < DELETED_AT_ONCE) return;
      }
    } catch (error) {
      log.warn({ err: error }, 'sessions that are over could not be deleted; the next hour tries again');
    }
  }
  void run();
  const timer = setInterval(() => void run(), EVERY_MS);
  timer.unref();
  return () => {
    isStopped = true;
    clearInterval(timer);
  };
}
