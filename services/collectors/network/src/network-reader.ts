import type { HostFs } from '@perfwatch/procfs';
import type { CollectorReader, CollectorReading, CollectorTick } from '@perfwatch/service-kit';
import type { NetworkMetrics } from './declaration.ts';
import { InterfaceReader } from './interface-reader.ts';
import { findNetworkDirectory } from './network-directory.ts';
import { SocketReader, type SocketReaderOptions } from './socket-reader.ts';

export type NetworkReaderOptions = Omit<SocketReaderOptions, 'directory'>;

type ByPath = Readonly<Record<string, string>>;

/** `previous` where it says the same, so that a catalog is only made anew when it changes. */
function sameWhereEqual(previous: ByPath, next: ByPath): ByPath {
  const paths = Object.keys(next);
  const isEqual = paths.length === Object.keys(previous).length && paths.every((path) => next[path] === previous[path]);
  return isEqual ? previous : next;
}

/** Reads interfaces and sockets of the monitored machine's network namespace once a tick. */
export class NetworkReader implements CollectorReader<CollectorReading<NetworkMetrics>> {
  readonly #fs: HostFs;
  readonly #options: NetworkReaderOptions;
  readonly #interfaces: InterfaceReader;
  /** The network directory below /proc; null until it can be read. */
  #directory: string | null = null;
  #sockets: SocketReader | null = null;
  #unavailable: ByPath = {};

  constructor(options: NetworkReaderOptions) {
    this.#fs = options.fs;
    this.#options = options;
    this.#interfaces = new InterfaceReader(options.fs);
  }

  read({ elapsedMs }: CollectorTick): CollectorReading<NetworkMetrics> {
    if (this.#directory === null) {
      const { path, fault } = findNetworkDirectory(this.#fs);
      if (path === null) return { metrics: {}, status: 'unavailable', reason: fault };
      this.#directory = path;
    }
    const directory = this.#directory;
    this.#sockets ??= new SocketReader({ ...this.#options, directory });
    const interfaces = this.#interfaces.read(directory, elapsedMs);
    const sockets = this.#sockets.read(elapsedMs);
    this.#unavailable = sameWhereEqual(this.#unavailable, { ...interfaces.unavailable, ...sockets.unavailable });
    const reason = interfaces.fault ?? sockets.fault;
    return {
      metrics: { ...interfaces.metrics, ...sockets.metrics },
      status: reason === null ? 'ok' : 'partial',
      reason,
      unavailable: this.#unavailable,
      sources: interfaces.sources,
    };
  }

  close(): void {
    this.#sockets?.close();
  }
}
