import { DestroyRef, inject, Injectable, signal } from '@angular/core';

/** Collectors of one tick arrive within this time of each other: they are drawn together. */
const GATHER_MS = 40;
/** Faster sampling is not drawn more often than this. */
const SHORTEST_FRAME_MS = 200;

/** Says when to draw: once for all samples of a tick, on an animation frame, and not at all while the page is hidden. */
@Injectable()
export class FrameClock {
  /** Rises with every frame. */
  readonly frame = signal(0);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #request: number | null = null;
  #drawnAtMs = 0;

  constructor() {
    inject(DestroyRef).onDestroy(() => {
      if (this.#timer !== null) clearTimeout(this.#timer);
      if (this.#request !== null) cancelAnimationFrame(this.#request);
    });
  }

  /** Something changed that should be seen. */
  ask(): void {
    if (this.#timer !== null || this.#request !== null) return;
    const sinceMs = performance.now() - this.#drawnAtMs;
    this.#timer = setTimeout(() => this.#onTimer(), Math.max(GATHER_MS, SHORTEST_FRAME_MS - sinceMs));
  }

  #onTimer(): void {
    this.#timer = null;
    this.#request = requestAnimationFrame(() => {
      this.#request = null;
      this.#drawnAtMs = performance.now();
      this.frame.update((frame) => frame + 1);
    });
  }
}
