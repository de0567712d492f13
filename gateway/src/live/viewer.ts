import type { Sample } from '@perfwatch/contract';
import { NewestOnly, type HeldEvent } from './newest-only.ts';
import type { Pattern } from './pattern.ts';
import type { LiveSocket } from './socket-types.ts';

/** Room of the viewers that do not keep up. Patterns contain a slash, so that none can be this one. */
export const SLOW_ROOM = 'slow';

/** How far a viewer may fall behind before it is skipped to the newest. */
export interface SlowLimits {
  /** Longest that something waits for the connection. */
  maxWaitMs: number;
  /** Most that waits for it. */
  maxQueuedBytes: number;
}

/**
 * One connection to `/live`: what it wants, and whether it keeps up. A connection that does not leaves its rooms, so that nothing more is
 * queued for it, and comes back with the newest of everything as soon as it has taken what was queued.
 */
export class Viewer {
  readonly patterns = new Set<Pattern>();
  readonly socket: LiveSocket;
  readonly #limits: SlowLimits;
  readonly #held = new NewestOnly();
  readonly #onDrain = (): void => this.#drained();
  #isSlow = false;
  #waitingSinceMs: number | null = null;
  #queuedBytes = 0;

  constructor(socket: LiveSocket, limits: SlowLimits) {
    this.socket = socket;
    this.#limits = limits;
    // The engine emits it whenever it has handed everything queued to the transport.
    socket.conn.on('drain', this.#onDrain);
  }

  get isSlow(): boolean {
    return this.#isSlow;
  }

  /** Events kept until the connection has drained. */
  get heldEvents(): number {
    return this.#held.size;
  }

  /** The connection may live on without this viewer, and another one join on it. */
  close(): void {
    this.socket.conn.off('drain', this.#onDrain);
  }

  join(patterns: readonly Pattern[]): void {
    for (const pattern of patterns) this.patterns.add(pattern);
    if (!this.#isSlow) void this.socket.join([...patterns]);
  }

  leave(pattern: Pattern): void {
    this.patterns.delete(pattern);
    void this.socket.leave(pattern);
  }

  /** Called before each broadcast of a Sample that this viewer wants: holds it when the viewer is not to be in it. */
  beforeSample(sample: Sample, bytes: () => number): void {
    if (!this.#isSlow && this.#isBehind(bytes)) this.#becomeSlow();
    if (!this.#isSlow) return;
    const key = `sample ${sample.host}/${sample.collector}`;
    this.#held.hold({ key, isSample: true, send: () => this.socket.emit('sample', sample) });
  }

  /** Keeps another event for a viewer that is slow. */
  hold(event: HeldEvent): void {
    this.#held.hold(event);
  }

  #isBehind(bytes: () => number): boolean {
    if (this.socket.conn.transport.writable) return false;
    const nowMs = performance.now();
    this.#waitingSinceMs ??= nowMs;
    this.#queuedBytes += bytes();
    return nowMs - this.#waitingSinceMs > this.#limits.maxWaitMs || this.#queuedBytes > this.#limits.maxQueuedBytes;
  }

  #becomeSlow(): void {
    this.#isSlow = true;
    for (const pattern of this.patterns) void this.socket.leave(pattern);
    void this.socket.join(SLOW_ROOM);
  }

  #drained(): void {
    this.#waitingSinceMs = null;
    this.#queuedBytes = 0;
    if (!this.#isSlow) return;
    this.#isSlow = false;
    void this.socket.leave(SLOW_ROOM);
    void this.socket.join([...this.patterns]);
    const missed = this.#held.release();
    if (missed > 0) this.socket.emit('missed', { missed });
  }
}
