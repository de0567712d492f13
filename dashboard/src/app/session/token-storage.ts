const KEY = 'perfwatch.token';

/**
 * The access token in localStorage: several tabs and a wall display that restarts share one log-in, and logging out in one ends all.
 * A script that could read it here could as well call the API from the page; what keeps such scripts out is the content
 * security policy. The token ends by itself, and for good at log-out. It is never put into a URL.
 */
export const tokenStorage = {
  read: (): string | null => localStorage.getItem(KEY),
  write(token: string | null): void {
    if (token === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, token);
  },
  /** Calls `changed` when another tab logs in or out; returns how to stop. */
  watch(changed: (token: string | null) => void): () => void {
    const listener = (event: StorageEvent) => {
      if (event.key === KEY || event.key === null) changed(tokenStorage.read());
    };
    window.addEventListener('storage', listener);
    return () => window.removeEventListener('storage', listener);
  },
};
