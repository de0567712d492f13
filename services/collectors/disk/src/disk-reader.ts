import type { CollectorReader, CollectorReading, CollectorTick } from '@perfwatch/service-kit';
import type { DiskMetrics } from './declaration.ts';
import { DiskDevices, type DevicesReading } from './disk-devices.ts';
import { Filesystems, type FilesystemsOptions, type FilesystemsReading } from './filesystems.ts';

/** Faults that a reason spells out; it is one line. */
const MAX_FAULTS_SHOWN = 3;
/** The contract's limit is 1000. */
const MAX_REASON_LENGTH = 900;

type ByPath = Readonly<Record<string, string>>;

function reasonOf(faults: readonly string[]): string | null {
  if (faults.length === 0) return null;
  const shown = faults.slice(0, MAX_FAULTS_SHOWN).join('; ').slice(0, MAX_REASON_LENGTH);
  return faults.length > MAX_FAULTS_SHOWN ? `${shown}; and ${faults.length - MAX_FAULTS_SHOWN} more` : shown;
}

/** Reads /proc/diskstats once a tick, and takes the newest answers of the file systems. */
export class DiskReader implements CollectorReader<CollectorReading<DiskMetrics>> {
  readonly #devices: DiskDevices;
  readonly #filesystems: Filesystems;
  #joined: { devices: ByPath; filesystems: ByPath; unavailable: ByPath } | null = null;

  constructor(options: FilesystemsOptions) {
    this.#devices = new DiskDevices(options.fs);
    this.#filesystems = new Filesystems(options);
  }

  read({ elapsedMs }: CollectorTick): CollectorReading<DiskMetrics> | Promise<CollectorReading<DiskMetrics>> {
    const devices = this.#devices.read(elapsedMs);
    this.#filesystems.poll();
    const settled = this.#filesystems.settled();
    if (settled === null) return this.#join(devices, this.#filesystems.read());
    return settled.then(() => this.#join(devices, this.#filesystems.read()));
  }

  close(): void {
    this.#filesystems.close();
  }

  #join(devices: DevicesReading, { filesystem, faults, unavailable }: FilesystemsReading): CollectorReading<DiskMetrics> {
    const reason = reasonOf([...(devices.fault === null ? [] : [devices.fault]), ...faults]);
    if (devices.metrics.device === undefined && devices.fault !== null && filesystem === undefined) {
      return { metrics: {}, status: 'unavailable', reason };
    }
    return {
      metrics: { ...devices.metrics, ...(filesystem === undefined ? {} : { filesystem }) },
      status: reason === null ? 'ok' : 'partial',
      reason,
      unavailable: this.#unavailableOf(devices.unavailable, unavailable),
      sources: devices.sources,
    };
  }

  /** Both together, the same object while neither changed. */
  #unavailableOf(devices: ByPath, filesystems: ByPath): ByPath {
    if (this.#joined?.devices !== devices || this.#joined.filesystems !== filesystems) {
      this.#joined = { devices, filesystems, unavailable: { ...devices, ...filesystems } };
    }
    return this.#joined.unavailable;
  }
}
