import { INTERFACE_COUNTERS, type InterfaceCounters } from '@perfwatch/procfs';
import type { CounterDeltas } from '@perfwatch/service-kit';

/** What an interface counted since the previous tick, in the order of INTERFACE_COUNTERS. Null where that is not known. */
export type Increases = readonly (number | null)[];

const WRAP = 2 ** 32;
/** A wrapped counter that seems to have risen by more was reset. */
const MAX_WRAPPED = WRAP / 2;
/** An Ethernet header at least, and at most the largest segment that is split no sooner than in hardware (BIG TCP). */
const MIN_PACKET_BYTES = 14;
const MAX_PACKET_BYTES = 512 * 1024;

const ANY_STEP_BACK = INTERFACE_COUNTERS.map(() => Infinity);
/** Positions of bytes and packets by direction: what every traffic moves, and so what tells a wrap from a reset. */
const DIRECTIONS = [
  { bytes: INTERFACE_COUNTERS.indexOf('recvBytes'), packets: INTERFACE_COUNTERS.indexOf('recvPackets') },
  { bytes: INTERFACE_COUNTERS.indexOf('sentBytes'), packets: INTERFACE_COUNTERS.indexOf('sentPackets') },
] as const;
const ANCHORS = DIRECTIONS.flatMap(({ bytes, packets }) => [bytes, packets]);

interface Row {
  readonly values: readonly number[];
  /** `values` minus those of the previous tick. */
  readonly differences: readonly number[];
}

const valueAt = ({ values }: Row, column: number) => values[column] ?? 0;
const differenceAt = ({ differences }: Row, column: number) => differences[column] ?? 0;
const previousAt = (row: Row, column: number) => valueAt(row, column) - differenceAt(row, column);

/** The increase of a counter of 32 bits that started again at 0 once; null when it cannot have been one. */
function unwrapped(row: Row, column: number): number | null {
  const difference = differenceAt(row, column);
  if (difference >= 0) return difference;
  const increase = difference + WRAP;
  return previousAt(row, column) < WRAP && increase <= MAX_WRAPPED ? increase : null;
}

/**
 * Whether the counters that fell were reset rather than wrapped. The counters of an interface are reset together, whereas a wrap leaves others
 * rising; and what is taken for a wrap must give packets of a possible size.
 */
function isReset(row: Row): boolean {
  const counted = ANCHORS.filter((column) => previousAt(row, column) > 0);
  if (counted.every((column) => differenceAt(row, column) < 0)) return counted.length > 0;
  return DIRECTIONS.some((direction) => {
    if (differenceAt(row, direction.bytes) >= 0 && differenceAt(row, direction.packets) >= 0) return false;
    const bytes = unwrapped(row, direction.bytes);
    const packets = unwrapped(row, direction.packets);
    if (bytes === null || packets === null) return true;
    return bytes < packets * MIN_PACKET_BYTES || bytes > packets * MAX_PACKET_BYTES;
  });
}

/**
 * What the interface `name` counted since the previous tick. Null at its first and when its counters were reset, as when it was made
 * anew under the same name. Counters that some drivers and all 32-bit kernels keep in 32 bits may wrap. Errors and drops that fall while
 * traffic goes on were set back by the driver: they are null.
 */
export function increasesOf(deltas: CounterDeltas, name: string, counters: InterfaceCounters): Increases | null {
  const values = counters.map((value) => value ?? 0);
  const differences = deltas.deltas(name, values, { maxStepBack: ANY_STEP_BACK });
  if (differences === null) return null;
  const row = { values, differences };
  if (ANCHORS.some((column) => differenceAt(row, column) < 0) && isReset(row)) return null;
  return counters.map((value, column) => {
    if (value === null) return null;
    if (ANCHORS.includes(column)) return unwrapped(row, column);
    return differenceAt(row, column) < 0 ? null : differenceAt(row, column);
  });
}
