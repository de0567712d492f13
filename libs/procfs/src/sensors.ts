import type { HostFs } from './host-fs.ts';
import { ProcfsParseError, shown } from './parse-error.ts';

const MILLI = 1000;
/** Outside of it a sensor is broken or absent: drivers answer -128, 255 and the like then. */
const MIN_CELSIUS = -60;
const MAX_CELSIUS = 200;
/** A sensor per core of the largest machines. */
const MAX_SENSORS = 2048;

/** `package`: the whole CPU; `core`: one core; `part`: another part of the CPU, such as a chiplet. */
export type SensorKind = 'package' | 'core' | 'part';

/** A temperature sensor of the CPU. */
export interface CpuSensor {
  /** Driver and label, unique on the machine: `coretemp Core 0`. */
  readonly name: string;
  readonly kind: SensorKind;
  /** Below /sys; holds millidegrees Celsius. */
  readonly path: string;
}

/** Drivers whose sensors are the CPU's. Others (disks, memory, mainboard) are slow to ask, and are not the CPU's temperature. */
const CPU_CHIPS = /^(?:coretemp|k8temp|k10temp|zenpower|via_cputemp|cpu[_-]?thermal.*|soc[_-]?thermal.*|.*cpu.*)$/i;
const CPU_ZONES = /^(?:x86_pkg_temp|tcpu|soc[_-]?thermal.*|.*cpu.*)$/i;

function kindOf(label: string): SensorKind {
  if (/^(?:Package|Physical) id|^Tdie$|^Tctl$/i.test(label)) return 'package';
  return /^Core\b/i.test(label) ? 'core' : 'part';
}

/** Parses a temperature in millidegrees, as hwmon and thermal zones write it, into degrees Celsius. Throws ProcfsParseError. */
export function parseMillidegrees(text: string): number {
  const celsius = /^-?\d{1,9}\s*$/.test(text) ? Number(text) / MILLI : Number.NaN;
  if (celsius >= MIN_CELSIUS && celsius <= MAX_CELSIUS) return celsius;
  throw new ProcfsParseError('temperature', `${shown(text)} is not a temperature`);
}

interface Chip {
  directory: string;
  name: string;
  inputs: string[];
}

const byNumber = (one: string, other: string) => Number(/\d+/.exec(one)?.[0]) - Number(/\d+/.exec(other)?.[0]);

function findChips(fs: HostFs): Chip[] {
  const chips: Chip[] = [];
  for (const entry of (fs.listSys('class/hwmon') ?? []).sort(byNumber)) {
    // Kernels before 3.15 keep the attributes with the device.
    for (const directory of [`class/hwmon/${entry}`, `class/hwmon/${entry}/device`]) {
      const name = fs.readSys(`${directory}/name`)?.trim() ?? null;
      if (name === null) continue;
      const inputs = (fs.listSys(directory) ?? []).filter((file) => /^temp\d{1,4}_input$/.test(file)).sort(byNumber);
      if (CPU_CHIPS.test(name) && inputs.length > 0) chips.push({ directory, name, inputs });
      break;
    }
  }
  return chips;
}

function sensorsOf(fs: HostFs, { directory, name, inputs }: Chip, chipName: string): CpuSensor[] {
  const labels = inputs.map((input) => fs.readSys(`${directory}/${input.replace('_input', '_label')}`)?.trim() ?? '');
  // With Tdie, Tctl is the same sensor moved by an offset for the fan.
  const hasDie = labels.some((label) => label.toLowerCase() === 'tdie');
  return inputs.map((input, index) => {
    const label = labels[index] ?? '';
    const isOffset = hasDie && label.toLowerCase() === 'tctl';
    const isOnly = label === '' && inputs.length === 1 && name !== 'coretemp';
    return {
      name: label === '' ? `${chipName} ${input.replace('_input', '')}` : `${chipName} ${label}`,
      kind: isOnly ? 'package' : isOffset ? 'part' : kindOf(label),
      path: `${directory}/${input}`,
    };
  });
}

function findZones(fs: HostFs): CpuSensor[] {
  const zones = (fs.listSys('class/thermal') ?? []).filter((entry) => /^thermal_zone\d+$/.test(entry)).sort(byNumber);
  return zones.flatMap((zone) => {
    const type = fs.readSys(`class/thermal/${zone}/type`)?.trim() ?? '';
    if (!CPU_ZONES.test(type)) return [];
    return [{ name: `${zone} ${type}`, kind: type === 'x86_pkg_temp' ? 'package' : 'part', path: `class/thermal/${zone}/temp` }];
  });
}

/**
 * Temperature sensors of the CPU: those of its hwmon drivers (coretemp, k10temp, ...), else its thermal zones. Empty where there
 * are none, as in most virtual machines. See the kernel's hwmon/sysfs-interface and driver-api/thermal.
 */
export function findCpuSensors(fs: HostFs): CpuSensor[] {
  const chips = findChips(fs);
  const sensors = chips.flatMap((chip, index) => {
    const alike = chips.filter(({ name }) => name === chip.name).length;
    const nth = chips.slice(0, index).filter(({ name }) => name === chip.name).length;
    return sensorsOf(fs, chip, alike > 1 ? `${chip.name}.${nth}` : chip.name);
  });
  return (sensors.length > 0 ? sensors : findZones(fs)).slice(0, MAX_SENSORS);
}
