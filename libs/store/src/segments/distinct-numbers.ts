const MAX_DISTINCT = 1024;
const SLOTS = 4096;
/** Of fewer numbers a list of them does not pay. */
const FROM = 256;
const HASH_FACTOR = 0x9e3779b1;
/** Leaves 12 bits, as many as there are slots. */
const HASH_SHIFT = 20;

/** The different ones of `numbers`, which are not negative, ascending, and for each number its place among them. Null where those are too many. */
export function distinctNumbers(numbers: Float64Array): { numbers: Float64Array; places: Float64Array } | null {
  if (numbers.length < FROM) return null;
  const slots = new Float64Array(SLOTS);
  const distinct = new Float64Array(MAX_DISTINCT);
  let size = 0;
  for (let index = 0; index < numbers.length; index += 1) {
    // Slots hold numbers raised by 1: 0 is a free one.
    const key = (numbers[index] ?? 0) + 1;
    const slot = slotOf(slots, key);
    if (slots[slot] === key) continue;
    if (size === MAX_DISTINCT || size > (index + FROM) / 2) return null;
    slots[slot] = key;
    distinct[size] = key - 1;
    size += 1;
  }
  const sorted = distinct.slice(0, size).sort();
  const ranks = new Uint16Array(SLOTS);
  for (let rank = 0; rank < size; rank += 1) ranks[slotOf(slots, (sorted[rank] ?? 0) + 1)] = rank;
  const places = new Float64Array(numbers.length);
  for (let index = 0; index < numbers.length; index += 1) places[index] = ranks[slotOf(slots, (numbers[index] ?? 0) + 1)] ?? 0;
  return { numbers: sorted, places };
}

/** Where the number is, or the free slot where it belongs. Most slots stay free. */
function slotOf(slots: Float64Array, key: number): number {
  let slot = Math.imul(key, HASH_FACTOR) >>> HASH_SHIFT;
  while (slots[slot] !== key && slots[slot] !== 0) slot = (slot + 1) % SLOTS;
  return slot;
}
