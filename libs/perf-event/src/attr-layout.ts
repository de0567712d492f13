import type { PerfEventAttr } from './perf-kernel.ts';

/**
 * PERF_ATTR_SIZE_VER1: the first that has config1 and config2. Every kernel since 2.6.31 takes it: newer ones fill up with zeros, older ones accept
 * what is zero beyond what they know.
 */
export const ATTR_BYTES = 72;

/** PERF_FORMAT_TOTAL_TIME_ENABLED | TOTAL_TIME_RUNNING | ID | GROUP. */
const READ_FORMAT = 0b1111n;
const DISABLED = 1n << 0n;
const PINNED = 1n << 2n;

/** Where a field of struct perf_event_attr begins, by byte. See include/uapi/linux/perf_event.h. */
const OFFSET = { type: 0, size: 4, config: 8, readFormat: 32, flags: 40, config1: 56, config2: 64 } as const;

/** struct perf_event_attr of an event that counts and takes no samples. `isLeader`: does not count until it is enabled. */
export function encodeAttr(attr: PerfEventAttr, { isLeader }: { isLeader: boolean }): Buffer {
  const flags = (isLeader ? DISABLED : 0n) | (attr.pinned === true ? PINNED : 0n);
  const bytes = Buffer.alloc(ATTR_BYTES);
  bytes.writeUInt32LE(attr.type, OFFSET.type);
  bytes.writeUInt32LE(ATTR_BYTES, OFFSET.size);
  bytes.writeBigUInt64LE(attr.config, OFFSET.config);
  bytes.writeBigUInt64LE(READ_FORMAT, OFFSET.readFormat);
  bytes.writeBigUInt64LE(flags, OFFSET.flags);
  bytes.writeBigUInt64LE(attr.config1 ?? 0n, OFFSET.config1);
  bytes.writeBigUInt64LE(attr.config2 ?? 0n, OFFSET.config2);
  return bytes;
}
