/** Requests nearer to each other are one: a terminal and npm both pass Ctrl-C on. */
const SAME_REQUEST_MS = 500;

/** What asks a running PerfWatch to end: the first request in order, the second at once. */
export class StopRequests {
  readonly #stopping = new AbortController();
  readonly #hurry = new AbortController();
  #firstMs = 0;

  /** Aborted by the first request. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Aborted by the second. */
  get hurry(): AbortSignal {
    return this.#hurry.signal;
  }

  request(): void {
    if (!this.#stopping.signal.aborted) {
      this.#firstMs = performance.now();
      this.#stopping.abort();
    } else if (performance.now() - this.#firstMs > SAME_REQUEST_MS) {
      this.#hurry.abort();
    }
  }

  /** Resolves at the first request. */
  requested(): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
