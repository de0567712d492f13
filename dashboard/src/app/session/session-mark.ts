const KEY = 'perfwatch.session';

/**
 * What this browser remembers of a log-in, for all of its tabs: that there is one, and which. No secret: the cookie that renews tokens is out of
 * any script's reach. It saves a request that can only be refused, and tells the other tabs of log-in and log-out.
 */
export interface SessionMark {
  /** Null where nobody is logged in. */
  read: () => string | null;
  /** A mark that no other log-in has. */
  make: () => string;
  remove: () => void;
  /** Calls `changed` when another tab logs in or out; returns how to stop. */
  watch: (changed: (mark: string | null) => void) => () => void;
}

/** The mark in localStorage. */
export const sessionMark: SessionMark = {
  read: () => localStorage.getItem(KEY),
  make() {
    const mark = `${Date.now()}-${Math.random()}`;
    localStorage.setItem(KEY, mark);
    return mark;
  },
  remove: () => localStorage.removeItem(KEY),
  watch(changed) {
    const listener = (event: StorageEvent) => {
      // What it is by now: it may have changed again since the event.
      if (event.key === KEY || event.key === null) changed(sessionMark.read());
    };
    window.addEventListener('storage', listener);
    return () => window.removeEventListener('storage', listener);
  },
};
