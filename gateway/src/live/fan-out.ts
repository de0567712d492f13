import type { Bus } from '@perfwatch/bus';
import type { Annotation, AnnotationRemoved, Config, HostEvent, Sample } from '@perfwatch/contract';
import { holdWrites } from './held-writes.ts';
import { covers, patternsFor, type Pattern } from './pattern.ts';
import { SampleFeed } from './sample-feed.ts';
import type { LiveNamespace } from './socket-types.ts';
import { SLOW_ROOM, type Viewer } from './viewer.ts';

/** Samples of one tick, of all collectors and hosts, come within this time. */
const GATHER_MS = 2;
/** With fewer viewers, gathering costs more time than it saves. */
const GATHER_FROM_VIEWERS = 10;
/** More at once would keep everything else waiting. */
const MAX_GATHERED = 32;

interface Delivery {
  sample: Sample;
  /** Those that somebody watches. */
  patterns: Pattern[];
}

export interface FanOutOptions {
  bus: Pick<Bus, 'subscribeSamples'>;
  namespace: LiveNamespace;
  /** Told of every Sample that anyone watches. */
  onSample: (sample: Sample) => void;
}

/** Samples to the viewers that want them: encoded once, written to all who keep up, kept for those who do not. */
export class FanOut {
  readonly #namespace: LiveNamespace;
  readonly #feed: SampleFeed;
  readonly #viewersByPattern = new Map<Pattern, Set<Viewer>>();
  readonly #viewers = new Set<Viewer>();
  #gathered: Delivery[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor({ bus, namespace, onSample }: FanOutOptions) {
    this.#namespace = namespace;
    this.#feed = new SampleFeed(bus, (sample) => {
      this.#take(sample);
      onSample(sample);
    });
  }

  /** Patterns that anyone watches: as many as there are NATS subscriptions. */
  get patterns(): number {
    return this.#feed.size;
  }

  /** How many of `patterns` nobody watches yet. */
  countNew(patterns: readonly Pattern[]): number {
    return patterns.filter((pattern) => !this.#feed.has(pattern)).length;
  }

  add(viewer: Viewer): void {
    this.#viewers.add(viewer);
  }

  remove(viewer: Viewer): void {
    this.unsubscribe(viewer, ['*/*']);
    this.#viewers.delete(viewer);
  }

  subscribe(viewer: Viewer, patterns: readonly Pattern[]): void {
    const added = patterns.filter((pattern) => !viewer.patterns.has(pattern));
    // In its rooms before the first Sample can arrive.
    viewer.join(added);
    for (const pattern of added) {
      const viewers = this.#viewersByPattern.get(pattern) ?? new Set();
      this.#viewersByPattern.set(pattern, viewers.add(viewer));
      this.#feed.retain(pattern);
    }
  }

  /** Ends every subscription of the viewer that one of `patterns` covers. */
  unsubscribe(viewer: Viewer, patterns: readonly Pattern[]): void {
    const ended = patterns.includes('*/*')
      ? [...viewer.patterns]
      : [...viewer.patterns].filter((own) => patterns.some((pattern) => covers(pattern, own)));
    for (const pattern of ended) {
      viewer.leave(pattern);
      const viewers = this.#viewersByPattern.get(pattern);
      viewers?.delete(viewer);
      if (viewers?.size === 0) this.#viewersByPattern.delete(pattern);
      this.#feed.release(pattern);
    }
  }

  sendHost(event: HostEvent): void {
    this.#namespace.except(SLOW_ROOM).emit('host', event);
    this.#holdForSlow(`host ${event.host}`, (viewer) => viewer.socket.emit('host', event));
  }

  sendConfig(config: Config): void {
    this.#namespace.except(SLOW_ROOM).emit('config', config);
    this.#holdForSlow('config', (viewer) => viewer.socket.emit('config', config));
  }

  sendAnnotation(annotation: Annotation & { host: string }): void {
    this.#namespace.except(SLOW_ROOM).emit('annotation', annotation);
    const key = `annotation ${annotation.host} ${annotation.ts} ${annotation.title}`;
    this.#holdForSlow(key, (viewer) => viewer.socket.emit('annotation', annotation));
  }

  sendAnnotationRemoved(removed: AnnotationRemoved): void {
    this.#namespace.except(SLOW_ROOM).emit('annotation_removed', removed);
    this.#holdForSlow(`annotation_removed ${removed.id}`, (viewer) => viewer.socket.emit('annotation_removed', removed));
  }

  stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    return this.#feed.stop();
  }

  #take(sample: Sample): void {
    const patterns = patternsFor(sample).filter((pattern) => this.#viewersByPattern.has(pattern));
    if (patterns.length === 0) return;
    this.#gathered.push({ sample, patterns });
    if (this.#viewers.size < GATHER_FROM_VIEWERS || this.#gathered.length >= MAX_GATHERED) this.#deliver();
    else this.#timer ??= setTimeout(() => this.#deliver(), GATHER_MS);
  }

  #deliver(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const deliveries = this.#gathered;
    this.#gathered = [];
    const viewers = new Set<Viewer>();
    for (const { sample, patterns } of deliveries) {
      let length: number | null = null;
      const bytes = () => (length ??= JSON.stringify(sample).length);
      for (const viewer of this.#viewersOf(patterns)) {
        viewer.beforeSample(sample, bytes);
        viewers.add(viewer);
      }
    }
    const releases = deliveries.length === 1 ? [] : [...viewers].map(({ socket }) => holdWrites(socket.conn));
    for (const { sample, patterns } of deliveries) this.#namespace.to(patterns).emit('sample', sample);
    for (const release of releases) release();
  }

  #viewersOf(patterns: readonly Pattern[]): ReadonlySet<Viewer> {
    const sets = patterns.map((pattern) => this.#viewersByPattern.get(pattern) ?? new Set<Viewer>());
    const [only, ...others] = sets;
    if (only !== undefined && others.length === 0) return only;
    return new Set(sets.flatMap((viewers) => [...viewers]));
  }

  #holdForSlow(key: string, send: (viewer: Viewer) => void): void {
    for (const viewer of this.#viewers) {
      if (viewer.isSlow) viewer.hold({ key, isSample: false, send: () => send(viewer) });
    }
  }
}
