import { describe, expect, it } from 'vitest';
import { ProcfsParseError } from './parse-error.ts';
import { parseMbmBytes, parseMonFeatures } from './resctrl.ts';

describe('parseMbmBytes', () => {
  it('gives bytes, or null where the kernel has no count at the moment', () => {
    expect(['5242880\n', 'Unavailable\n', 'Error\n', 'Unassigned\n'].map(parseMbmBytes)).toEqual([5242880, null, null, null]);
  });

  it.each(['', '-1\n', 'none\n'])('refuses %j', (text) => {
    expect(() => parseMbmBytes(text)).toThrow(ProcfsParseError);
  });
});

describe('parseMonFeatures', () => {
  it('gives every feature', () => {
    expect([...parseMonFeatures('llc_occupancy\nmbm_total_bytes\n')]).toEqual(['llc_occupancy', 'mbm_total_bytes']);
  });

  it.each(['mbm total\n', '\0\n', 'a\n'.repeat(65)])('refuses %j', (text) => {
    expect(() => parseMonFeatures(text)).toThrow(ProcfsParseError);
  });
});
