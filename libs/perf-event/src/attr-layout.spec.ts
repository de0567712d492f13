import { describe, expect, it } from 'vitest';
import { ATTR_BYTES, encodeAttr } from './attr-layout.ts';
import { PERF_EVENTS, onPmu } from './event-table.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').match(/.{16}/g);

describe('encodeAttr', () => {
  it('lays a leader out byte by byte as struct perf_event_attr of 72 bytes', () => {
    const attr = { type: 9, config: 0x0102_0304_0506_0708n, config1: 0x1112_1314_1516_1718n, config2: 0x2122_2324_2526_2728n };
    expect(hex(encodeAttr(attr, { isLeader: true }))).toEqual([
      '0900000048000000', // type, size
      '0807060504030201', // config
      '0000000000000000', // sample_period
      '0000000000000000', // sample_type
      '0f00000000000000', // read_format
      '0100000000000000', // disabled
      '0000000000000000', // wakeup_events, bp_type
      '1817161514131211', // config1
      '2827262524232221', // config2
    ]);
  });

  it('lets those that follow a leader count as soon as it does', () => {
    const bytes = encodeAttr({ type: 0, config: 1n }, { isLeader: false });
    expect(bytes).toHaveLength(ATTR_BYTES);
    expect(bytes.readBigUInt64LE(40)).toBe(0n);
  });

  it('sets the bit of pinned', () => {
    expect(encodeAttr({ type: 0, config: 0n, pinned: true }, { isLeader: true }).readBigUInt64LE(40)).toBe(0b101n);
  });
});

describe('PERF_EVENTS', () => {
  it.each([
    ['cpu-clock', 1, 0x0n],
    ['page-faults', 1, 0x2n],
    ['context-switches', 1, 0x3n],
    ['cpu-migrations', 1, 0x4n],
    ['cycles', 0, 0x0n],
    ['instructions', 0, 0x1n],
    ['branches', 0, 0x4n],
    ['branch-misses', 0, 0x5n],
    ['L1-dcache-loads', 3, 0x0_00_00n],
    ['L1-dcache-load-misses', 3, 0x1_00_00n],
    ['L1-icache-loads', 3, 0x0_00_01n],
    ['LLC-loads', 3, 0x0_00_02n],
    ['LLC-load-misses', 3, 0x1_00_02n],
    ['dTLB-loads', 3, 0x0_00_03n],
    ['dTLB-load-misses', 3, 0x1_00_03n],
    ['iTLB-loads', 3, 0x0_00_04n],
    ['iTLB-load-misses', 3, 0x1_00_04n],
  ] as const)('asks for %s as type %i, config 0x%s', (name, type, config) => {
    expect(PERF_EVENTS[name]).toEqual({ type, config });
  });
});

describe('onPmu', () => {
  it('puts the type of the PMU into the high half of config', () => {
    expect(onPmu(PERF_EVENTS.instructions, 4)).toEqual({ type: 0, config: 0x4_0000_0001n });
    expect(onPmu(PERF_EVENTS['LLC-load-misses'], 10)).toEqual({ type: 3, config: 0xa_0001_0002n });
  });

  it('leaves software events, which belong to no PMU, as they are', () => {
    expect(onPmu(PERF_EVENTS['page-faults'], 10)).toBe(PERF_EVENTS['page-faults']);
  });
});
