const LOCK = 'perfwatch.refresh';

export interface OneTabOptions {
  /** Null where the browser has none. */
  locks?: Pick<LockManager, 'request'> | null;
  /** Longest wait for the other tabs: one that the browser has stopped may hold the lock for ever. */
  patienceMs?: number;
}

/**
 * Runs `work` while no other tab runs any. Over plain HTTP browsers have no locks: tabs then may ask at the same time, and the server gives all of
 * them the same answer.
 */
export async function oneTabAtATime<T>(work: () => Promise<T>, options: OneTabOptions = {}): Promise<T> {
  const { locks = lockManager(), patienceMs = 20_000 } = options;
  if (locks === null) return work();
  const signal = AbortSignal.timeout(patienceMs);
  const turn = { hasCome: false };
  try {
    return await locks.request(LOCK, { signal }, () => {
      turn.hasCome = true;
      return work();
    });
  } catch (error) {
    if (turn.hasCome || !signal.aborted) throw error;
    return work();
  }
}

/** The type has it always; browsers have it on secure pages alone. */
function lockManager(): LockManager | null {
  return 'locks' in navigator ? navigator.locks : null;
}
