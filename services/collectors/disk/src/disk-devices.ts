import { diskOfPath, parseDiskstats, type BlockDevice, type DiskCounters, type HostFs } from '@perfwatch/procfs';
import { CounterDeltas } from '@perfwatch/service-kit';
import { METRICS, type DiskMetrics } from './declaration.ts';
import { TotalDeltas, deviceDeltas, deviceMetrics } from './device-rates.ts';
import { printableName, uniqueName } from './instance-names.ts';
import { KnownDevices } from './known-devices.ts';

/** A Sample of so many has 300 KiB; what is beyond is left out and counted. */
const MAX_DEVICES = 1024;
const MAX_NAMES_IN_SOURCE = 8;
/** The catalog's limit is 300. */
const MAX_SOURCE_LENGTH = 280;

type ByPath = Record<string, string>;

/** What /proc/diskstats gave at a tick. */
export interface DevicesReading {
  readonly metrics: DiskMetrics;
  readonly fault: string | null;
  readonly unavailable: Readonly<ByPath>;
  readonly sources: Readonly<ByPath>;
}

interface Row {
  readonly disk: DiskCounters;
  readonly device: BlockDevice;
}

const hasDone = ({ reads, writes, discards }: DiskCounters) => reads + writes + (discards ?? 0) > 0;

/** Whether a device is an instance: it has done I/O, as iostat(1) has it, and a loop device more than to give out an image. */
function isShown({ disk, device }: Row): boolean {
  if (device.kind === 'ram') return false;
  return device.kind === 'loop' ? device.isAttached && disk.writes > 0 : hasDone(disk);
}

/**
 * Without the paths to a disk that counts for itself. Kernels before 6.4 count nothing for an NVMe disk of several paths: there
 * its paths are the disks.
 */
function withoutPaths(rows: readonly Row[]): Row[] {
  const counting = new Set(rows.filter(({ disk, device }) => device.kind !== 'path' && hasDone(disk)).map(({ disk }) => disk.name));
  return rows.filter(({ disk, device }) => device.kind !== 'path' || !counting.has(diskOfPath(disk.name) ?? ''));
}

const isPhysical = ({ device }: Row) => device.kind === 'physical' || device.kind === 'path';

function totalsOf(value: string): ByPath {
  return Object.fromEntries(Object.keys(METRICS).map((metric) => [metric, value]));
}

function describeTotals(names: readonly string[], hasSysfs: boolean): string {
  const listed = names.slice(0, MAX_NAMES_IN_SOURCE).join(', ');
  const more = names.length > MAX_NAMES_IN_SOURCE ? ` and ${names.length - MAX_NAMES_IN_SOURCE} more` : '';
  const told = hasSysfs ? '' : ', told from partitions by their names: /sys/block cannot be read';
  return `/proc/diskstats of ${listed.slice(0, MAX_SOURCE_LENGTH - more.length - told.length - 20)}${more}${told}`;
}

/** Reads /proc/diskstats once a tick. */
export class DiskDevices {
  readonly #fs: HostFs;
  readonly #counters = new CounterDeltas();
  readonly #known: KnownDevices;
  #described = '';
  #unavailable: Readonly<ByPath> = {};
  #sources: Readonly<ByPath> = {};

  constructor(fs: HostFs) {
    this.#fs = fs;
    this.#known = new KnownDevices(fs);
  }

  read(elapsedMs: number | null): DevicesReading {
    const rows: Row[] = [];
    const disks = this.#fs.parseProc('diskstats', (text) => parseDiskstats(text, (name) => this.#known.find(name) !== null));
    for (const disk of disks ?? []) {
      const device = this.#known.find(disk.name);
      if (device !== null) rows.push({ disk, device });
    }
    this.#known.endTick(elapsedMs);
    const reading = this.#readRows({ rows: withoutPaths(rows), isRead: disks !== null, elapsedMs });
    this.#counters.endTick();
    return reading;
  }

  #readRows({ rows, isRead, elapsedMs }: { rows: readonly Row[]; isRead: boolean; elapsedMs: number | null }): DevicesReading {
    const totals = new TotalDeltas();
    const device: NonNullable<DiskMetrics['device']> = {};
    const names = new Set(rows.map(({ disk }) => disk.name));
    const hasDiscards = rows.some(({ disk }) => disk.discards !== null);
    let shown = 0;
    for (const row of rows) {
      const [isInstance, isInTotal] = [isShown(row), isPhysical(row)];
      if (!isInstance && !isInTotal) continue;
      const deltas = deviceDeltas(this.#counters, row.disk);
      if (isInTotal) totals.add(deltas);
      if (!isInstance) continue;
      shown += 1;
      if (shown > MAX_DEVICES) continue;
      const name = uniqueName(nameOf(row, names), (other) => Object.hasOwn(device, other));
      device[name] = deviceMetrics(deltas, { elapsedMs, hasDiscards });
    }
    const physical = rows.filter(isPhysical).map(({ disk }) => disk.name);
    this.#describe({ isRead, physical, hasDevice: shown > 0, hasDiscards });
    return {
      metrics: { ...totals.metrics(elapsedMs), ...(shown > 0 ? { device } : {}) },
      fault: shown > MAX_DEVICES ? `${shown - MAX_DEVICES} block devices are left out` : this.#fs.faultOfProc('diskstats'),
      unavailable: this.#unavailable,
      sources: this.#sources,
    };
  }

  /** Keeps the same objects while nothing changed. */
  #describe({ isRead, physical, hasDevice, hasDiscards }: Described): void {
    const described = [isRead, this.#known.hasSysfs, hasDevice, hasDiscards, ...physical].join();
    if (described === this.#described) return;
    this.#described = described;
    this.#sources = physical.length > 0 ? totalsOf(describeTotals(physical, this.#known.hasSysfs)) : {};
    this.#unavailable = this.#whyUnavailable({ isRead, physical, hasDevice, hasDiscards });
  }

  #whyUnavailable({ isRead, physical, hasDevice, hasDiscards }: Described): ByPath {
    if (!isRead) {
      const reason = '/proc/diskstats cannot be read here, as in containers that hide it';
      return { ...totalsOf(reason), device: reason };
    }
    const unavailable: ByPath = physical.length > 0 ? {} : totalsOf('This machine has no disk of its own in /proc/diskstats');
    if (!hasDevice) unavailable['device'] = 'No block device of this machine has done I/O';
    else if (!hasDiscards) {
      unavailable['device.discard_bytes_per_sec'] = 'This kernel does not count discards in /proc/diskstats: Linux 4.18 does';
    }
    return unavailable;
  }
}

interface Described {
  readonly isRead: boolean;
  readonly physical: readonly string[];
  readonly hasDevice: boolean;
  readonly hasDiscards: boolean;
}

/** What people call a device, unless another device has that name. */
function nameOf({ device, disk }: Row, names: ReadonlySet<string>): string {
  return names.has(printableName(device.label)) ? disk.name : device.label;
}
