import type { Unit } from '@perfwatch/contract';

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;
const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P'] as const;
const UNKNOWN = '-';

const digits = (value: number): string => (Math.abs(value) >= 99.95 ? value.toFixed(0) : value.toFixed(1));

function scaled(value: number, step: number, units: readonly string[]): string {
  let rest = value;
  let unit = 0;
  // 1023.96 would be shown as 1024.
  while (Math.abs(rest) >= step * 0.9995 && unit < units.length - 1) {
    rest /= step;
    unit++;
  }
  const text = unit === 0 && Number.isInteger(rest) ? String(rest) : digits(rest);
  return `${text} ${units[unit] ?? ''}`.trim();
}

/** A metric's value for a person, with its unit; `-` for null. */
export function quantity(value: number | null | undefined, unit: Unit | null): string {
  if (value === null || value === undefined) return UNKNOWN;
  switch (unit) {
    case 'percent':
      return `${value.toFixed(1)} %`;
    case 'bytes':
      return scaled(value, 1024, BINARY);
    case 'bytes_per_sec':
      return `${scaled(value, 1024, BINARY)}/s`;
    case 'per_sec':
      return `${scaled(value, 1000, DECIMAL)}/s`;
    case 'count':
      return scaled(value, 1000, DECIMAL);
    case 'seconds':
      return `${digits(value)} s`;
    case 'ms':
      return `${digits(value)} ms`;
    case 'mhz':
      return `${value.toFixed(0)} MHz`;
    case 'celsius':
      return `${value.toFixed(0)} °C`;
    case 'watts':
      return `${digits(value)} W`;
    default:
      return value.toFixed(2);
  }
}
