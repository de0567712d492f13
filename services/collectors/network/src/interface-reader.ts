import { parseNetDev, type HostFs, type InterfaceCounters } from '@perfwatch/procfs';
import { CounterDeltas } from '@perfwatch/service-kit';
import type { CountedInterfaces } from './counted-interfaces.ts';
import type { InterfaceMetrics, NetworkMetrics } from './declaration.ts';
import { increasesOf, type Increases } from './interface-increases.ts';
import { InterfaceLinks } from './interface-links.ts';
import { sumOfIncreases, TRAFFIC_METRICS, trafficOf } from './traffic.ts';

/** A message has 1 MiB at most, an interface up to 400 bytes of it. Those that the totals are made of come first. */
const MAX_INTERFACES = 2048;
/** A source in the catalog has 300 characters at most, a name of an interface 15. */
const MAX_NAMED_SOURCES = 8;

/** What no Sample may have as the name of an instance. */
const UNUSABLE_NAME = /[\p{Cc}\p{Cs}]|^(__proto__|constructor|prototype)$/u;

const NO_INTERFACE = 'This machine has no interface but lo, and those such as bridges that only hand on what others carry';

export interface InterfaceReading {
  readonly metrics: NetworkMetrics;
  readonly unavailable: Record<string, string>;
  /** The same object while the totals are made of the same interfaces. */
  readonly sources: Readonly<Record<string, string>>;
  /** Why some of it is missing at this tick, or null. */
  readonly fault: string | null;
}

function sourcesOf({ names, kind }: CountedInterfaces): Record<string, string> {
  const more = names.length - MAX_NAMED_SOURCES;
  const named = names.slice(0, MAX_NAMED_SOURCES).join(', ') + (more > 0 ? ` and ${more} more` : '');
  const source = names.length === 0 ? '/proc/net/dev: none of its interfaces' : `${named}: ${kind} of /proc/net/dev`;
  return Object.fromEntries(TRAFFIC_METRICS.map((metric) => [metric, source]));
}

/** Reads /proc/net/dev once a tick, and what sysfs tells about its interfaces. */
export class InterfaceReader {
  readonly #fs: HostFs;
  readonly #counters = new CounterDeltas();
  readonly #links: InterfaceLinks;
  #counted: CountedInterfaces | null = null;
  #sources: Readonly<Record<string, string>> = {};

  constructor(fs: HostFs) {
    this.#fs = fs;
    this.#links = new InterfaceLinks(fs);
  }

  /** What the interfaces did since the previous tick, from a network directory below /proc. */
  read(directory: string, elapsedMs: number | null): InterfaceReading {
    const file = `${directory}/dev`;
    const counters = this.#fs.parseProc(file, parseNetDev);
    const increases = this.#increases(counters);
    if (counters === null) return { metrics: {}, unavailable: {}, sources: this.#sources, fault: this.#fs.faultOfProc(file) };
    this.#links.refresh(counters, elapsedMs);
    const { counted } = this.#links;
    const metrics: NetworkMetrics = trafficOf(sumOfIncreases(counted.names.map((name) => increases.get(name) ?? null)), elapsedMs);
    const shown = this.#shown(counters, counted);
    const interfaces: Record<string, InterfaceMetrics> = {};
    for (const name of shown) interfaces[name] = this.#metricsOf(name, increases.get(name) ?? null, elapsedMs);
    metrics.interface = interfaces;
    const hidden = counters.size - shown.length;
    const fault =
      hidden === 0
        ? null
        : `${hidden} interfaces are not shown: there are more than ${MAX_INTERFACES}, or their name has control characters`;
    return { metrics, unavailable: this.#unavailable(interfaces, counted), sources: this.#sourcesOf(counted), fault };
  }

  #increases(counters: ReadonlyMap<string, InterfaceCounters> | null): ReadonlyMap<string, Increases | null> {
    const increases = new Map<string, Increases | null>();
    for (const [name, row] of counters ?? []) increases.set(name, increasesOf(this.#counters, name, row));
    this.#counters.endTick();
    return increases;
  }

  #shown(counters: ReadonlyMap<string, unknown>, { names }: CountedInterfaces): string[] {
    const usable = [...counters.keys()].filter((name) => !UNUSABLE_NAME.test(name));
    if (usable.length <= MAX_INTERFACES) return usable;
    const counted = new Set(names);
    return [...usable.filter((name) => counted.has(name)), ...usable.filter((name) => !counted.has(name))].slice(0, MAX_INTERFACES);
  }

  #metricsOf(name: string, increases: Increases | null, elapsedMs: number | null): InterfaceMetrics {
    const { speedBytesPerSec, upRatio } = this.#links.linkOf(name);
    return { ...trafficOf(increases, elapsedMs), link_speed_bytes_per_sec: speedBytesPerSec, up_ratio: upRatio };
  }

  #unavailable(interfaces: Readonly<Record<string, InterfaceMetrics>>, counted: CountedInterfaces): Record<string, string> {
    const unavailable: Record<string, string> = {};
    if (counted.names.length === 0) {
      for (const metric of TRAFFIC_METRICS) unavailable[metric] = NO_INTERFACE;
    }
    const links = Object.values(interfaces);
    const { fault } = this.#links;
    if (links.every(({ up_ratio: ratio }) => ratio === null)) {
      unavailable['interface.up_ratio'] = fault ?? 'No interface tells its state in /sys/class/net';
    }
    if (links.every(({ link_speed_bytes_per_sec: speed }) => speed === null)) {
      unavailable['interface.link_speed_bytes_per_sec'] =
        fault ?? 'No link that is up tells its speed, as in most virtual machines and containers';
    }
    return unavailable;
  }

  #sourcesOf(counted: CountedInterfaces): Readonly<Record<string, string>> {
    if (counted !== this.#counted) {
      this.#counted = counted;
      this.#sources = sourcesOf(counted);
    }
    return this.#sources;
  }
}
