import { parseCpuList } from './cpu-list.ts';
import type { HostFs } from './host-fs.ts';
import { ProcfsParseError, shown } from './parse-error.ts';

const DEVICES = 'bus/event_source/devices';
/** Uncore PMUs of a machine with four sockets: some hundred each. */
const MAX_DEVICES = 2048;
const MAX_FORMATS = 256;
/** The largest PMU known, hv_24x7 of IBM Power, has some thousand. */
const MAX_EVENTS = 4096;
const MAX_TERMS_CHARACTERS = 512;
/** What stands beside an event and is no event. */
const EVENT_ATTRIBUTES = /\.(?:scale|unit|snapshot|per-pkg)$/;

/** An event that a PMU names in sysfs. */
export interface PmuEvent {
  /** What to count, in terms of the PMU's formats: `event=0x04,umask=0x03`. */
  readonly terms: string;
  /** What a count is to be multiplied with to be in `unit`; null where it is a plain count. */
  readonly scale: number | null;
  /** Such as `MiB` or `Joules`; null where it is a plain count. */
  readonly unit: string | null;
}

/** A performance monitoring unit as /sys/bus/event_source/devices describes it. See the kernel's sysfs-bus-event_source-devices-*. */
export interface PmuDevice {
  readonly name: string;
  /** `type` of perf_event_open(2). */
  readonly type: number;
  /** Which bits a term of an event goes to, by term, as written: `config:0-7,32-35`. */
  readonly formats: ReadonlyMap<string, string>;
  readonly events: ReadonlyMap<string, PmuEvent>;
  /** One CPU for each package or die, to count on; null where the PMU does not say. */
  readonly cpumask: readonly number[] | null;
  /** The CPUs this PMU is part of, on hybrid and Arm machines; null where the PMU does not say. */
  readonly cpus: readonly number[] | null;
}

/** Parses `type` of a PMU. Throws ProcfsParseError. */
export function parsePmuType(text: string): number {
  const type = /^\d{1,10}\s*$/.test(text) ? Number(text) : Number.NaN;
  if (type < 2 ** 32) return type;
  throw new ProcfsParseError(`/sys/${DEVICES}/*/type`, `${shown(text)} is not a type`);
}

/** Checks `format/<term>` of a PMU, `config:0-7,32-35`, and gives it without its newline. Throws ProcfsParseError. */
export function parsePmuFormat(text: string): string {
  const format = text.trim();
  if (/^config\d?:\d{1,2}(?:-\d{1,2})?(?:,\d{1,2}(?:-\d{1,2})?){0,63}$/.test(format)) return format;
  throw new ProcfsParseError(`/sys/${DEVICES}/*/format/*`, `${shown(text)} does not say which bits of which field`);
}

/** Checks `events/<name>` of a PMU, `event=0x04,umask=0x03`, and gives it without its newline. Throws ProcfsParseError. */
export function parsePmuEventTerms(text: string): string {
  const terms = text.trim();
  if (terms.length <= MAX_TERMS_CHARACTERS && /^\w[\w.-]*(?:=(?:\w+|\?))?(?:,\w[\w.-]*(?:=(?:\w+|\?))?)*$/.test(terms)) return terms;
  throw new ProcfsParseError(`/sys/${DEVICES}/*/events/*`, `${shown(text)} is not a list of terms`);
}

/** Parses `events/<name>.scale` of a PMU, `6.103515625e-5`. Throws ProcfsParseError. */
export function parsePmuEventScale(text: string): number {
  const scale = /^\d{1,20}(?:\.\d{1,40})?(?:e[+-]?\d{1,3})?\s*$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(scale) && scale > 0) return scale;
  throw new ProcfsParseError(`/sys/${DEVICES}/*/events/*.scale`, `${shown(text)} is not a factor`);
}

/** Names of all PMUs of the machine, sorted; empty where there is none. */
export function listPmuDevices(fs: HostFs): string[] {
  return (fs.listSys(DEVICES) ?? []).slice(0, MAX_DEVICES);
}

function readFormats(fs: HostFs, directory: string): Map<string, string> {
  const formats = new Map<string, string>();
  for (const term of (fs.listSys(`${directory}/format`) ?? []).slice(0, MAX_FORMATS)) {
    const format = fs.parseSys(`${directory}/format/${term}`, parsePmuFormat);
    if (format !== null) formats.set(term, format);
  }
  return formats;
}

function readEvents(fs: HostFs, directory: string): Map<string, PmuEvent> {
  const events = new Map<string, PmuEvent>();
  const files = fs.listSys(`${directory}/events`) ?? [];
  const attributes = new Set(files.filter((file) => EVENT_ATTRIBUTES.test(file)));
  for (const name of files) {
    if (attributes.has(name)) continue;
    if (events.size >= MAX_EVENTS) break;
    const path = `${directory}/events/${name}`;
    const terms = fs.parseSys(path, parsePmuEventTerms);
    if (terms === null) continue;
    const hasScale = attributes.has(`${name}.scale`);
    const scale = hasScale ? fs.parseSys(`${path}.scale`, parsePmuEventScale) : null;
    // A count whose factor cannot be read means nothing.
    if (hasScale && scale === null) continue;
    const unit = attributes.has(`${name}.unit`) ? (fs.readSys(`${path}.unit`)?.trim() ?? null) : null;
    events.set(name, { terms, scale, unit: unit === '' ? null : unit });
  }
  return events;
}

/**
 * A PMU of the machine, its formats and events included: some dozen small files, not for every tick. What of it cannot be parsed is left
 * out. Null where there is no such PMU or it has no type.
 */
export function readPmuDevice(fs: HostFs, name: string): PmuDevice | null {
  const directory = `${DEVICES}/${name}`;
  const type = fs.parseSys(`${directory}/type`, parsePmuType);
  if (type === null) return null;
  return {
    name,
    type,
    formats: readFormats(fs, directory),
    events: readEvents(fs, directory),
    cpumask: fs.parseSys(`${directory}/cpumask`, parseCpuList),
    cpus: fs.parseSys(`${directory}/cpus`, parseCpuList),
  };
}
