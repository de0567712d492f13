import type { Unit } from '@perfwatch/contract';

/** What stands where a number is not known. */
export const UNKNOWN = '–';
const NARROW_SPACE = ' ';

/** A number as it is shown: digits, and the unit that is set smaller beside them. */
export interface Figure {
  text: string;
  unit: string;
}

type Scale = readonly (readonly [factor: number, unit: string])[];

const BYTES: Scale = [
  [1024 ** 6, 'EiB'],
  [1024 ** 5, 'PiB'],
  [1024 ** 4, 'TiB'],
  [1024 ** 3, 'GiB'],
  [1024 ** 2, 'MiB'],
  [1024, 'KiB'],
  [1, 'B'],
];
const THOUSANDS: Scale = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e4, 'k'],
  [1, ''],
];
const AXIS_THOUSANDS: Scale = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
];
const DURATION_SECONDS: Scale = [
  [86_400, 'd'],
  [3600, 'h'],
  [120, 'min'],
  [1, 's'],
  [0.001, 'ms'],
  [0.000001, 'µs'],
  [1e-9, 'ns'],
];
/** Where a scale's threshold is not its divisor: 12,345 is 12.3 k but 1,234 stays; 90 s stay seconds. */
const DIVISOR: Readonly<Record<string, number>> = { k: 1000, min: 60 };

/** From here on a number is wider than its place; what measures a machine stays below. */
const LONGEST = 1e6;

/** Three significant digits, never more than `most` decimals; no trailing point, and an exponent only where the digits would not fit. */
function digits(value: number, most = 2): string {
  const size = Math.abs(value);
  if (size >= LONGEST) return value.toExponential(2).replace('e+', 'e');
  const decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return value.toFixed(Math.min(decimals, most));
}

function scaled(value: number, scale: Scale, suffix = ''): Figure {
  const size = Math.abs(value);
  const step = scale.find(([factor]) => size >= factor) ?? scale.at(-1);
  if (step === undefined || value === 0) return { text: '0', unit: (scale.find(([factor]) => factor === 1)?.[1] ?? '') + suffix };
  const [factor, unit] = step;
  const divided = value / (DIVISOR[unit] ?? factor);
  return { text: factor === 1 && Number.isInteger(value) && size < LONGEST ? String(value) : digits(divided), unit: unit + suffix };
}

const BY_UNIT: Readonly<Record<Unit, (value: number) => Figure>> = {
  percent: (value) => ({ text: digits(value, 1), unit: '%' }),
  bytes: (value) => scaled(Math.round(value), BYTES),
  bytes_per_sec: (value) => scaled(value, BYTES, '/s'),
  per_sec: (value) => scaled(value, THOUSANDS, '/s'),
  count: (value) => scaled(value, THOUSANDS),
  seconds: (value) => scaled(value, DURATION_SECONDS),
  ms: (value) => scaled(value / 1000, DURATION_SECONDS),
  celsius: (value) => ({ text: digits(value, 1), unit: '°C' }),
  mhz: (value) =>
    value >= 1000
      ? { text: value >= LONGEST ? digits(value / 1000) : (value / 1000).toFixed(2), unit: 'GHz' }
      : { text: digits(value, 0), unit: 'MHz' },
  watts: (value) => ({ text: digits(value), unit: 'W' }),
  ratio: (value) => ({ text: digits(value), unit: '' }),
  load: (value) => ({ text: Math.abs(value) >= LONGEST ? digits(value) : value.toFixed(2), unit: '' }),
};

/** A value in its unit, with sensible digits; a dash for null. Bytes are 1024-based. A value without a unit is a plain number. */
export function figure(value: number | null | undefined, unit: Unit | null): Figure {
  if (value === null || value === undefined || !Number.isFinite(value)) return { text: UNKNOWN, unit: '' };
  return unit === null ? scaled(value, THOUSANDS) : BY_UNIT[unit](value);
}

/** A unit as it follows its number: after a narrow space, except for `/s`. */
export function unitSuffix(unit: string): string {
  return unit === '' || unit.startsWith('/') ? unit : NARROW_SPACE + unit;
}

const joined = (text: string, unit: string) => text + unitSuffix(unit);

/** `figure` as one text: `12.4 MiB/s`. */
export function figureText(value: number | null | undefined, unit: Unit | null): string {
  const { text, unit: suffix } = figure(value, unit);
  return joined(text, suffix);
}

/** A tick on an axis: `figureText` without needless decimals (`50 %`, `1.5 GiB`). */
export function axisText(value: number, unit: Unit | null): string {
  const isThousands = (unit === 'per_sec' || unit === 'count' || unit === null) && Math.abs(value) >= 1000;
  const { text, unit: suffix } = isThousands ? scaled(value, AXIS_THOUSANDS, unit === 'per_sec' ? '/s' : '') : figure(value, unit);
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return joined(short, suffix);
}

/** How long ago: `0.2 s`, `12 s`, `3 min`, `5 h`, `2 d`. */
export function ageText(ageMs: number): string {
  const seconds = Math.max(0, ageMs) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

/** A long name with its middle left out: both ends tell names apart. */
export function middleCut(name: string, most: number): string {
  if (name.length <= most) return name;
  const head = Math.ceil((most - 1) / 2);
  return `${name.slice(0, head)}…${name.slice(name.length - (most - 1 - head))}`;
}
