import { setTimeout as delay } from 'node:timers/promises';

const EVERY_MS = 200;
const PATHS = ['/api/hosts', '/api/history/metrics/types', '/api/config', '/api/catalog'];

export interface BystanderReport {
  requests: number;
  medianMs: number;
  p99Ms: number;
  maxMs: number;
  faults: string[];
}

/** A viewer with nothing to hide, who looks at the dashboard while others misbehave. */
export class Bystander {
  readonly #url: string;
  readonly #token: string;
  readonly #stopping = new AbortController();
  readonly #timesMs: number[] = [];
  readonly #faults: string[] = [];
  readonly #ended: Promise<void>;

  constructor({ url, token }: { url: string; token: string }) {
    this.#url = url;
    this.#token = token;
    this.#ended = this.#run();
  }

  async #run(): Promise<void> {
    const headers = { authorization: `Bearer ${this.#token}`, 'x-forwarded-for': '203.0.113.9' };
    for (let index = 0; !this.#stopping.signal.aborted; index += 1) {
      const path = PATHS[index % PATHS.length] ?? '/api/hosts';
      const startedMs = performance.now();
      const status = await fetch(this.#url + path, { headers }).then(
        async (response) => {
          await response.arrayBuffer();
          return response.status;
        },
        (error: unknown) => String(error),
      );
      this.#timesMs.push(performance.now() - startedMs);
      if (status !== 200) this.#faults.push(`the viewer's ${path} came to ${status}`);
      await delay(EVERY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  async stop(): Promise<BystanderReport> {
    this.#stopping.abort();
    await this.#ended;
    const sorted = this.#timesMs.toSorted((a, b) => a - b);
    const at = (share: number): number => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
    return { requests: sorted.length, medianMs: at(0.5), p99Ms: at(0.99), maxMs: at(1), faults: this.#faults };
  }
}
