import { describe, expect, it } from 'vitest';
import { ageText, axisText, figure, figureText, middleCut } from './format.ts';

const plain = (text: string) => text.replace(/ /g, ' ');

describe('figureText', () => {
  it.each([
    [42.345, 'percent', '42.3 %'],
    [100, 'percent', '100 %'],
    [0, 'percent', '0.0 %'],
    [0, 'bytes', '0 B'],
    [512, 'bytes', '512 B'],
    [1536, 'bytes', '1.50 KiB'],
    [67_000_000_000, 'bytes', '62.4 GiB'],
    [5_242_880, 'bytes_per_sec', '5.00 MiB/s'],
    [1234, 'per_sec', '1234/s'],
    [12_345, 'per_sec', '12.3 k/s'],
    [2.5, 'per_sec', '2.50/s'],
    [0.31, 'ms', '310 µs'],
    [8.4, 'ms', '8.40 ms'],
    [340, 'seconds', '5.67 min'],
    [90, 'seconds', '90 s'],
    [3210, 'mhz', '3.21 GHz'],
    [800, 'mhz', '800 MHz'],
    [58.25, 'celsius', '58.3 °C'],
    [1.425, 'ratio', '1.43'],
    [6.8, 'load', '6.80'],
    [482, 'count', '482'],
    [3.2e13, 'count', '32.0 T'],
    [-1e300, 'count', '-1.00e285 P'],
    [5 * 1024 ** 5, 'bytes', '5.00 PiB'],
    [4e-9, 'seconds', '4.00 ns'],
    [1e9, 'percent', '1.00e9 %'],
  ] as const)('%d %s is %s', (value, unit, text) => {
    expect(plain(figureText(value, unit))).toBe(text);
  });

  it('shows a dash and no unit for what is not known, never a zero', () => {
    expect(figure(null, 'percent')).toEqual({ text: '–', unit: '' });
    expect(figureText(undefined, 'bytes')).toBe('–');
    expect(figureText(Number.NaN, 'bytes')).toBe('–');
  });
});

describe('axisText', () => {
  it('drops decimals that say nothing', () => {
    expect(plain(axisText(50, 'percent'))).toBe('50 %');
    expect(plain(axisText(2 * 1024 ** 3, 'bytes'))).toBe('2 GiB');
    expect(plain(axisText(100, 'percent'))).toBe('100 %');
    expect(plain(axisText(5000, 'per_sec'))).toBe('5 k/s');
  });
});

describe('ageText', () => {
  it.each([
    [200, '0.2 s'],
    [12_400, '12 s'],
    [180_000, '3 min'],
    [10_800_000, '3 h'],
    [-5, '0.0 s'],
  ])('%d ms is %s', (ageMs, text) => {
    expect(ageText(ageMs)).toBe(text);
  });
});

describe('middleCut', () => {
  it('keeps both ends of a long name', () => {
    expect(middleCut('short', 10)).toBe('short');
    expect(middleCut('/var/lib/containers/overlay', 11)).toBe('/var/…erlay');
  });
});
