import { describe, expect, it } from 'vitest';
import { parseNodeFreeBytes, parseNumastat } from './numa-node.ts';
import { ProcfsParseError } from './parse-error.ts';

describe('parseNumastat', () => {
  it('gives hits and misses, wherever they stand', () => {
    expect(parseNumastat('other_node 3\nnuma_miss 2\nnuma_hit 91234567890\n')).toEqual({ hits: 91234567890, misses: 2 });
  });

  it.each(['numa_hit 1\n', 'numa_hit -1\nnuma_miss 2\n', ''])('refuses %j', (text) => {
    expect(() => parseNumastat(text)).toThrow(ProcfsParseError);
  });
});

describe('parseNodeFreeBytes', () => {
  it('gives bytes where the file says kB', () => {
    expect(parseNodeFreeBytes('Node 12 MemTotal:        8 kB\nNode 12 MemFree:         3 kB\n')).toBe(3072);
  });

  it.each(['MemFree: 3 kB\n', 'Node 0 MemFree: 3\n', ''])('refuses %j', (text) => {
    expect(() => parseNodeFreeBytes(text)).toThrow(ProcfsParseError);
  });
});
